#include "platform/route_uses.hpp"

#include <algorithm>

namespace iccsim::platform {
namespace {

constexpr std::size_t few = 48; // up to here comparing each with each is faster than sorting

void merge_sorted(std::vector<ResourceUse>& uses) {
  std::sort(uses.begin(), uses.end(),
            [](const ResourceUse& a, const ResourceUse& b) { return a.resource < b.resource; });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < uses.size(); ++i) {
    if (uses[i].resource == uses[kept].resource) {
      uses[kept].share += uses[i].share;
    } else {
      uses[++kept] = uses[i];
    }
  }
  uses.resize(kept + 1);
}

void merge_in_order(std::vector<ResourceUse>& uses) {
  std::size_t kept = 0;
  for (const auto& use : uses) {
    const auto end = uses.begin() + static_cast<std::ptrdiff_t>(kept);
    const auto same =
        std::find_if(uses.begin(), end, [&](const auto& other) { return other.resource == use.resource; });
    if (same != end) {
      same->share += use.share;
    } else {
      uses[kept++] = use;
    }
  }
  uses.resize(kept);
}

} // namespace

void merge_repeated(Route& route) {
  if (route.uses.size() > few) {
    merge_sorted(route.uses);
  } else {
    merge_in_order(route.uses);
  }
}

} // namespace iccsim::platform
