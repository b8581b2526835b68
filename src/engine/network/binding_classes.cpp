#include "engine/network/binding_classes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>

namespace iccsim::engine {

namespace {

using Group = ResourceGroups::Group;

constexpr double rounding = 1e-12; // of a ratio of two flow counts, relative

/// Equal for proportional users. In single precision, so that the ratios' rounding rarely matters; where it does, two
/// classes are kept instead of one, which costs time and no accuracy.
std::size_t hash_of(const Group& group) {
  std::size_t h = group.users.size();
  for (const ResourceGroups::User& user : group.users) {
    const float ratio = static_cast<float>(user.flows / group.users.front().flows);
    h = (h ^ user.bundle) * 0x9e3779b97f4a7c15ULL; // Fibonacci hashing, Knuth vol. 3, section 6.4
    h = (h ^ (h >> 29) ^ std::hash<float>{}(ratio)) * 0x9e3779b97f4a7c15ULL;
  }
  return h;
}

bool proportional(const Group& a, const Group& b) {
  const double k = b.users.front().flows / a.users.front().flows;
  return std::equal(a.users.begin(), a.users.end(), b.users.begin(), b.users.end(),
                    [k](const ResourceGroups::User& x, const ResourceGroups::User& y) {
                      return x.bundle == y.bundle && std::abs(k * x.flows - y.flows) <= rounding * y.flows;
                    });
}

/// Bytes/s for each flow of the first bundle: what decides among proportional groups.
double tightness(const Group& group) {
  return group.capacity / group.users.front().flows;
}

/// Proportional groups, each family with its tightest first.
class Families {
public:
  explicit Families(const std::vector<Group>& groups) : groups_(groups) {}

  void add(std::uint32_t group, bool merge) {
    std::vector<std::uint32_t>& candidates = by_hash_[hash_of(groups_[group])];
    const auto family = std::find_if(candidates.begin(), candidates.end(), [&](std::uint32_t f) {
      return merge && proportional(groups_[members_[f].front()], groups_[group]);
    });
    if (family == candidates.end()) {
      candidates.push_back(static_cast<std::uint32_t>(members_.size()));
      members_.push_back({group});
      return;
    }
    std::vector<std::uint32_t>& members = members_[*family];
    members.push_back(group);
    if (tightness(groups_[group]) < tightness(groups_[members.front()])) {
      std::swap(members.front(), members.back());
    }
  }
  const std::vector<std::vector<std::uint32_t>>& members() const { return members_; }

private:
  const std::vector<Group>& groups_;
  std::vector<std::vector<std::uint32_t>> members_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> by_hash_;
};

} // namespace

BindingClasses find_binding_classes(const std::vector<Group>& groups, std::size_t bundles, bool merge) {
  Families families(groups);
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    if (!groups[g].users.empty()) {
      families.add(g, merge);
    }
  }
  BindingClasses result;
  result.uses.resize(bundles);
  result.standing.resize(groups.size());
  for (const std::vector<std::uint32_t>& family : families.members()) {
    const auto binding_class = static_cast<std::uint32_t>(result.capacity.size());
    const Group& tightest = groups[family.front()];
    result.capacity.push_back(tightest.capacity);
    for (const ResourceGroups::User& user : tightest.users) {
      result.uses[user.bundle].push_back({binding_class, user.flows});
    }
    for (std::uint32_t g : family) {
      result.standing[g] = {binding_class, tightness(tightest) / tightness(groups[g])};
    }
  }
  return result;
}

} // namespace iccsim::engine
