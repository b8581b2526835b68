#include "platform/clos_fabric.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <set>
#include <stdexcept>

using namespace iccsim;
using namespace iccsim::platform;
using scenario::FabricKind;
using scenario::FabricSpec;

namespace {

FabricHosts equal_hosts(std::uint32_t count, std::size_t ports, double rate = 25e9) {
  FabricHosts hosts;
  hosts.add({count, std::vector<double>(ports, rate)});
  return hosts;
}

FabricSpec spec_of(FabricKind kind, int leaf_ports, double oversubscription) {
  FabricSpec spec;
  spec.kind = kind;
  spec.leaf_ports = leaf_ports;
  spec.oversubscription = oversubscription;
  return spec;
}

std::map<ResourceKind, double> capacity_by_kind(const Fabric& fabric) {
  std::map<ResourceKind, double> sum;
  for (ResourceId id = 0; id < fabric.resource_count(); ++id) {
    sum[fabric.kind(id)] += fabric.capacity(id);
  }
  return sum;
}

} // namespace

TEST_CASE("uplinks of all leaves carry what all ports carry, divided by the oversubscription") {
  const auto kind = GENERATE(FabricKind::rail_optimized, FabricKind::fat_tree);
  const double oversubscription = GENERATE(1.0, 2.0, 1.0 / 3, 7.0);
  const auto paths = GENERATE(scenario::PathSelection::ecmp, scenario::PathSelection::hash);
  FabricHosts hosts = equal_hosts(37, 8);
  hosts.add({11, {50e9, 50e9}});
  const double injection = 37 * 8 * 25e9 + 11 * 2 * 50e9;
  FabricSpec spec = spec_of(kind, 32, oversubscription);
  spec.paths = paths;
  auto two_tiers = capacity_by_kind(ClosFabric(spec, hosts, 0));
  CHECK(two_tiers[ResourceKind::leaf_up] == Approx(injection / oversubscription));
  CHECK(two_tiers[ResourceKind::leaf_down] == Approx(injection / oversubscription));
  CHECK(two_tiers.count(ResourceKind::spine_up) == 0);

  spec.tiers = 3;
  spec.spine_ports = 2;
  spec.core_oversubscription = 4;
  auto three_tiers = capacity_by_kind(ClosFabric(spec, hosts, 0));
  CHECK(three_tiers[ResourceKind::leaf_up] == Approx(injection / oversubscription));
  CHECK(three_tiers[ResourceKind::spine_up] == Approx(injection / oversubscription / 4));
  CHECK(three_tiers[ResourceKind::spine_down] == Approx(injection / oversubscription / 4));
}

TEST_CASE("leaf groups: rails fill leaves by nodes, a fat tree by ports, never splitting a node") {
  const ClosFabric rail(spec_of(FabricKind::rail_optimized, 32, 1), equal_hosts(100, 8), 0);
  CHECK(rail.leaf_group(31) == 0);
  CHECK(rail.leaf_group(32) == 1);
  const ClosFabric tree(spec_of(FabricKind::fat_tree, 36, 1), equal_hosts(100, 8), 0);
  CHECK(tree.leaf_group(3) == 0); // 4 nodes take 32 of 36 ports, the fifth does not fit
  CHECK(tree.leaf_group(4) == 1);
  CHECK_THROWS_AS(ClosFabric(spec_of(FabricKind::fat_tree, 4, 1), equal_hosts(2, 8), 0), std::invalid_argument);
}

TEST_CASE("rails of one leaf group meet at the spine only") {
  const ClosFabric fabric(spec_of(FabricKind::rail_optimized, 32, 1), equal_hosts(64, 8), 0);
  Route same, other;
  CHECK(fabric.route({0, 3}, {31, 3}, 0, 1, same) == 1);
  CHECK(same.uses.empty());
  CHECK(fabric.route({0, 3}, {31, 4}, 0, 1, other) == 3);
  REQUIRE(other.uses.size() == 2);
  CHECK(fabric.resource_name(other.uses[0].resource) == "leaf-0/rail3/up");
  CHECK(fabric.resource_name(other.uses[1].resource) == "leaf-0/rail4/down");
}

TEST_CASE("a pod of rail-optimized leaves holds whole groups") {
  FabricSpec spec = spec_of(FabricKind::rail_optimized, 4, 1);
  spec.tiers = 3;
  spec.spine_ports = 16; // two groups of eight leaves
  const ClosFabric fabric(spec, equal_hosts(32, 8), 0);
  Route route;
  CHECK(fabric.route({0, 0}, {7, 5}, 0, 1, route) == 3);
  CHECK(fabric.route({0, 0}, {8, 0}, 0, 1, route) == 5);
}

TEST_CASE("hashed flows take one whole path each, spread evenly, and repeat for the same seed") {
  FabricSpec spec = spec_of(FabricKind::fat_tree, 16, 1);
  spec.paths = scenario::PathSelection::hash;
  const auto hosts = equal_hosts(64, 1);
  const ClosFabric fabric(spec, hosts, 0);
  const ClosFabric again(spec, hosts, 0);
  spec.hash_seed = 2;
  const ClosFabric reseeded(spec, hosts, 0);
  std::map<ResourceId, int> taken;
  int moved = 0;
  constexpr int flows = 16000;
  for (std::uint64_t flow = 0; flow < flows; ++flow) {
    Route one, same, other;
    fabric.route({0, 0}, {20, 0}, flow, 1, one);
    again.route({0, 0}, {20, 0}, flow, 1, same);
    reseeded.route({0, 0}, {20, 0}, flow, 1, other);
    REQUIRE(one.uses.size() == 2);
    REQUIRE(one.uses[0].share == 1);
    REQUIRE(one.uses[0].resource == same.uses[0].resource);
    moved += one.uses[0].resource != other.uses[0].resource;
    ++taken[one.uses[0].resource];
  }
  // Binomial(16000, 1/16): mean 1000, standard deviation 31; five of them either way.
  REQUIRE(taken.size() == 16);
  for (const auto& [link, count] : taken) {
    CHECK(std::abs(count - 1000) < 155);
    CHECK(fabric.capacity(link) == Approx(25e9));
  }
  CHECK(std::abs(moved - flows * 15 / 16) < 155);
}

TEST_CASE("flows of different pairs hash apart although they carry the same number") {
  FabricSpec spec = spec_of(FabricKind::rail_optimized, 16, 1);
  spec.paths = scenario::PathSelection::hash;
  const ClosFabric fabric(spec, equal_hosts(64, 8), 0);
  std::set<ResourceId> links;
  for (std::uint32_t host = 0; host < 16; ++host) {
    Route route;
    fabric.route({host, 0}, {host + 16, 0}, 0, 1, route);
    links.insert(route.uses[0].resource);
  }
  CHECK(links.size() > 5); // 16 balls into 16 bins fill 10.3 of them on average
  CHECK(links.size() < 16);
}

TEST_CASE("a partly filled last leaf keeps whole links, and reaches spines that it is joined to") {
  FabricSpec spec = spec_of(FabricKind::fat_tree, 32, 1);
  spec.paths = scenario::PathSelection::hash;
  const ClosFabric fabric(spec, equal_hosts(33, 1), 0);
  for (std::uint64_t flow = 0; flow < 100; ++flow) {
    Route route;
    fabric.route({0, 0}, {32, 0}, flow, 1, route);
    REQUIRE(fabric.resource_name(route.uses[0].resource) == "leaf-0/up0");
    REQUIRE(fabric.resource_name(route.uses[1].resource) == "leaf-1/down0");
    REQUIRE(fabric.capacity(route.uses[1].resource) == Approx(25e9));
  }
}
