// Who can slow whom: users apart never change each other's rates, whatever each of them has in flight.
#include "engine/network/interference.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace iccsim::engine;

namespace {

/// Classes of resources, and bundles of several users on them.
struct Case {
  BindingClasses classes;
  std::vector<std::vector<BundleId>> users;
};

Case random_case(std::mt19937& random) {
  const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % unsigned(high - low + 1)); };
  Case result;
  const int resources = pick(4, 12);
  for (int r = 0; r < resources; ++r) {
    result.classes.capacity.push_back(pick(1, 100));
  }
  const int users = pick(2, 5);
  for (int u = 0; u < users; ++u) {
    result.users.emplace_back();
    for (int b = pick(1, 3); b > 0; --b) {
      std::map<std::uint32_t, double> flows;
      for (int i = pick(1, 3); i > 0; --i) {
        flows[static_cast<std::uint32_t>(pick(0, resources - 1))] = pick(1, 4);
      }
      result.users.back().push_back(static_cast<BundleId>(result.classes.uses.size()));
      auto& uses = result.classes.uses.emplace_back();
      for (const auto& [resource, count] : flows) {
        uses.push_back({resource, count});
      }
    }
  }
  return result;
}

/// Rates of `bundles` when they are in flight together.
std::map<BundleId, double> rates(const BindingClasses& classes, const std::vector<BundleId>& bundles) {
  FairSharing sharing;
  sharing.reset(classes.capacity);
  for (const BundleId bundle : bundles) {
    sharing.join(bundle, classes.uses[bundle]);
  }
  sharing.solve();
  std::map<BundleId, double> result;
  for (const BundleId bundle : bundles) {
    result[bundle] = sharing.rate(bundle);
  }
  return result;
}

std::vector<BundleId> some_of(const std::vector<BundleId>& bundles, std::mt19937& random) {
  std::vector<BundleId> result;
  for (const BundleId bundle : bundles) {
    if (random() % 2 == 0) {
      result.push_back(bundle);
    }
  }
  return result;
}

} // namespace

TEST_CASE("users of different components leave each other's rates as they are") {
  std::mt19937 random(7);
  int apart = 0;
  for (int round = 0; round < 2000; ++round) {
    const Case system = random_case(random);
    const auto component = interference_components(system.classes, system.users);
    std::vector<BundleId> all;
    std::map<int, std::vector<BundleId>> by_component;
    for (std::size_t u = 0; u < system.users.size(); ++u) {
      for (const BundleId bundle : some_of(system.users[u], random)) {
        all.push_back(bundle);
        by_component[component[u]].push_back(bundle);
      }
    }
    apart += by_component.size() > 1 ? 1 : 0;
    const auto together = rates(system.classes, all);
    for (const auto& [which, bundles] : by_component) {
      for (const auto& [bundle, rate] : rates(system.classes, bundles)) {
        CHECK(together.at(bundle) == Approx(rate).epsilon(1e-9));
      }
    }
  }
  CHECK(apart > 200);
}

TEST_CASE("users interfere when a resource cannot hold the sum of their peaks, and with the neighbours of neighbours") {
  BindingClasses classes;
  classes.capacity = {10, 10, 12, 25};
  classes.uses = {{{0, 1}, {2, 1}}, {{1, 1}, {2, 1}}, {{3, 1}, {2, 1}}};
  // 10 + 10 over a resource of 12.
  CHECK(interference_components(classes, {{0}, {1}})[0] == interference_components(classes, {{0}, {1}})[1]);
  classes.capacity[2] = 20;
  const auto apart = interference_components(classes, {{0}, {1}});
  CHECK(apart[0] != apart[1]);
  const auto all = interference_components(classes, {{0}, {1}, {2}});
  CHECK(all[0] == all[2]);
  CHECK(all[1] == all[2]);
}
