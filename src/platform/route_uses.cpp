#include "platform/route_uses.hpp"

#include <algorithm>

namespace iccsim::platform {

void merge_repeated(Route& route) {
  auto& uses = route.uses;
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

} // namespace iccsim::platform
