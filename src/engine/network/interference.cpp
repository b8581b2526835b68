#include "engine/network/interference.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace iccsim::engine {
namespace {

using Uses = std::vector<FairSharing::Use>;
using ClassId = std::uint32_t;

constexpr double rounding = 1e-9; // of a sum of rates, relative

struct LoneRate {
  ClassId tightest = 0;
  double bytes_per_s = std::numeric_limits<double>::infinity();
};

LoneRate lone_rate(const BindingClasses& classes, const Uses& uses) {
  LoneRate lone;
  for (const FairSharing::Use& use : uses) {
    const double rate = classes.capacity[use.resource] / use.flows;
    if (rate < lone.bytes_per_s) {
      lone = {use.resource, rate};
    }
  }
  return lone;
}

/// Bytes/s by class that the bundles use.
std::map<ClassId, double> peak_demand(const BindingClasses& classes, const std::vector<BundleId>& bundles) {
  std::map<std::pair<ClassId, ClassId>, double> most; // by class, and by the class that limits
  for (const BundleId bundle : bundles) {
    const LoneRate lone = lone_rate(classes, classes.uses[bundle]);
    for (const FairSharing::Use& use : classes.uses[bundle]) {
      double& demand = most[{use.resource, lone.tightest}];
      demand = std::max(demand, lone.bytes_per_s * use.flows);
    }
  }
  std::map<ClassId, double> peak;
  for (const auto& [where, demand] : most) {
    double& sum = peak[where.first];
    sum = std::min(classes.capacity[where.first], sum + demand);
  }
  return peak;
}

std::size_t root_of(const std::vector<std::size_t>& parent, std::size_t user) {
  while (parent[user] != user) {
    user = parent[user];
  }
  return user;
}

struct Sharing {
  double demand = 0;
  std::vector<std::size_t> users;
};

} // namespace

std::vector<int> interference_components(const BindingClasses& classes,
                                         const std::vector<std::vector<BundleId>>& users) {
  std::map<ClassId, Sharing> by_class;
  for (std::size_t u = 0; u < users.size(); ++u) {
    for (const auto& [which, demand] : peak_demand(classes, users[u])) {
      by_class[which].demand += demand;
      by_class[which].users.push_back(u);
    }
  }
  std::vector<std::size_t> parent(users.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  for (const auto& [which, sharing] : by_class) {
    if (sharing.demand <= classes.capacity[which] * (1 + rounding)) {
      continue;
    }
    for (const std::size_t user : sharing.users) {
      parent[root_of(parent, user)] = root_of(parent, sharing.users.front());
    }
  }
  std::vector<int> components;
  for (std::size_t u = 0; u < users.size(); ++u) {
    components.push_back(static_cast<int>(root_of(parent, u)));
  }
  return components;
}

} // namespace iccsim::engine
