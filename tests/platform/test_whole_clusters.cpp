// Numbering, mixed pools and route invariants of whole clusters.
#include "iccsim/platform/cluster.hpp"

#include "platform/specs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

using namespace iccsim;
using platform::CardId;
using platform::Cluster;
using platform::NodeId;
using platform::ResourceId;
using platform::ResourceKind;
using platform::Route;
using platform::Transport;
using scenario::FabricKind;

namespace {

/// 40 nodes of 8 cards and 8 NICs, 20 of 8 cards and 4 faster NICs, 16 of 4 cards with two NICs each.
scenario::PlatformSpec mixed(FabricKind kind) {
  auto spec = specs::cluster(specs::dgx(), 40, kind);
  auto fast = specs::dgx(8, 4);
  for (auto& nic : fast.nics) {
    nic.bytes_per_s = 50e9;
    nic.latency_s = 1e-6;
  }
  auto wide = specs::dgx(4, 8);
  wide.scale_up = {};
  spec.pools.push_back({"fast", fast, 20});
  spec.pools.push_back({"wide", wide, 16});
  spec.fabric.efficiency = 0.9;
  spec.fabric.leaf_ports = 16;
  spec.fabric.tiers = 3;
  spec.fabric.spine_ports = 16;
  spec.fabric.oversubscription = 2;
  spec.fabric.group_routers = 4;
  spec.fabric.router_ports = 16;
  spec.fabric.dimensions = {4, 19};
  return spec;
}

double share_of(const Cluster& cluster, const Route& route, ResourceKind kind) {
  double sum = 0;
  for (const auto& use : route.uses) {
    sum += cluster.kind(use.resource) == kind ? use.share : 0;
  }
  return sum;
}

} // namespace

TEST_CASE("cards and nodes are numbered pool by pool") {
  const Cluster cluster(mixed(FabricKind::rail_optimized));
  CHECK(cluster.nodes() == 76);
  CHECK(cluster.cards() == 40 * 8 + 20 * 8 + 16 * 4);
  CardId next = 0;
  for (NodeId node = 0; node < cluster.nodes(); ++node) {
    CHECK(cluster.first_card(node) == next);
    CHECK(cluster.pool_of(node) == (node < 40 ? 0 : node < 60 ? 1 : 2));
    for (int card = 0; card < cluster.node_spec(node).cards; ++card, ++next) {
      REQUIRE(cluster.node_of(next) == node);
      REQUIRE(cluster.local_index(next) == card);
    }
  }
  CHECK(next == cluster.cards());
  CHECK(cluster.rails(0) == 8);
  CHECK(cluster.rails(40) == 4);
}

TEST_CASE("every resource of a mixed cluster has a name of its own and a capacity") {
  const auto kind = GENERATE(FabricKind::rail_optimized, FabricKind::fat_tree, FabricKind::dragonfly, FabricKind::torus,
                             FabricKind::full_mesh, FabricKind::single_switch);
  const Cluster cluster(mixed(kind));
  std::set<std::string> names;
  for (ResourceId id = 0; id < cluster.resource_count(); ++id) {
    REQUIRE(names.insert(cluster.resource_name(id)).second);
    REQUIRE(cluster.capacity(id) > 0);
  }
}

TEST_CASE("a flow leaves one NIC's worth and enters one, whatever the fabric") {
  const auto kind = GENERATE(FabricKind::rail_optimized, FabricKind::fat_tree, FabricKind::dragonfly, FabricKind::torus,
                             FabricKind::full_mesh, FabricKind::single_switch);
  const auto transport = GENERATE(Transport::fastest, Transport::scale_out);
  const Cluster cluster(mixed(kind));
  std::mt19937 random(3);
  for (int i = 0; i < 3000; ++i) {
    const CardId from = random() % cluster.cards();
    const CardId to = random() % cluster.cards();
    Route forth, back;
    cluster.route(from, to, transport, 1, forth);
    cluster.route(to, from, transport, 1, back);
    std::set<ResourceId> once;
    for (const auto& use : forth.uses) {
      REQUIRE(use.resource < cluster.resource_count());
      REQUIRE(once.insert(use.resource).second);
      REQUIRE(use.share > 0);
      REQUIRE(use.share <= 1 + 1e-12);
    }
    const bool inside = cluster.node_of(from) == cluster.node_of(to) && transport == Transport::fastest;
    const double across = inside || from == to ? 0 : 1;
    REQUIRE(share_of(cluster, forth, ResourceKind::nic_out) == Approx(across));
    REQUIRE(share_of(cluster, forth, ResourceKind::nic_in) == Approx(across));
    REQUIRE(share_of(cluster, forth, ResourceKind::leaf_up) ==
            Approx(share_of(cluster, forth, ResourceKind::leaf_down)));
    REQUIRE(share_of(cluster, forth, ResourceKind::spine_up) ==
            Approx(share_of(cluster, forth, ResourceKind::spine_down)));
    // Changing rails by scale-up is the sender's choice, so only without it are both ways alike.
    if (kind != FabricKind::rail_optimized || transport == Transport::scale_out) {
      REQUIRE(forth.latency_s == Approx(back.latency_s));
      REQUIRE(forth.uses.size() == back.uses.size());
    }
    REQUIRE((forth.latency_s > 0) == (from != to));
  }
}

TEST_CASE("ports of a mixed cluster keep their own rates, and pools meet at the mean latency of their NICs") {
  const Cluster cluster(mixed(FabricKind::single_switch));
  Route route;
  cluster.route(0, 40 * 8, Transport::fastest, 0, route);
  std::map<std::string, double> capacity;
  for (const auto& use : route.uses) {
    capacity[cluster.resource_name(use.resource)] = cluster.capacity(use.resource);
  }
  CHECK(capacity.at("gpu-0/nic0/out") == Approx(0.9 * 25e9));
  CHECK(capacity.at("fast-0/nic0/in") == Approx(0.9 * 50e9));
  CHECK(route.latency_s == Approx(1.5e-6 + 600e-9));
}

TEST_CASE("a card with two NICs spreads over both, through one slot") {
  const Cluster cluster(mixed(FabricKind::fat_tree));
  const CardId wide = 60 * 8;
  Route route;
  cluster.route(wide, wide + 4, Transport::fastest, 0, route);
  std::map<std::string, double> share;
  for (const auto& use : route.uses) {
    share[cluster.resource_name(use.resource)] = use.share;
  }
  CHECK(share.at("wide-0/card0/slot/out") == Approx(1));
  CHECK(share.at("wide-0/nic0/out") == Approx(0.5));
  CHECK(share.at("wide-0/nic1/out") == Approx(0.5));
  CHECK(share.at("wide-1/nic1/in") == Approx(0.5));
}

TEST_CASE("latency is the NIC's and a hop for every switch") {
  auto spec = specs::cluster(specs::dgx(), 256, FabricKind::rail_optimized);
  spec.fabric.tiers = 3;
  spec.fabric.spine_ports = 16;
  const Cluster cluster(spec);
  Route route;
  cluster.route(0, 8, Transport::fastest, 0, route);
  CHECK(route.latency_s == Approx(2e-6 + 600e-9));
  cluster.route(0, 8 * 32, Transport::fastest, 0, route);
  CHECK(route.latency_s == Approx(2e-6 + 3 * 600e-9));
  cluster.route(0, 8 * 64, Transport::fastest, 0, route);
  CHECK(route.latency_s == Approx(2e-6 + 5 * 600e-9));
  cluster.route(0, 8 * 64 + 1, Transport::fastest, 0, route); // over scale-up to rail 1 first
  CHECK(route.latency_s == Approx(1.5e-6 + 2e-6 + 5 * 600e-9));
}

TEST_CASE("10,240 cards: ids are node base plus local index") {
  const Cluster cluster(specs::cluster(specs::dgx(), 1280, FabricKind::rail_optimized));
  CHECK(cluster.cards() == 10240);
  const Cluster one(specs::cluster(specs::dgx(), 1, FabricKind::single_switch));
  const ResourceId per_node = one.resource_count();
  CHECK(cluster.resource_count() == 1280 * per_node + 40 * 8 * 2); // 40 groups of 8 leaves, up and down
  for (ResourceId local = 0; local < per_node; ++local) {
    const ResourceId far = 1279 * per_node + local;
    CHECK(cluster.capacity(far) == one.capacity(local));
    CHECK(cluster.kind(far) == one.kind(local));
    CHECK(cluster.resource_name(far) == "gpu-1279" + one.resource_name(local).substr(5));
  }
  CHECK(cluster.leaf_group(1279) == 39);
}

TEST_CASE("which switches reduce in flight") {
  auto spec = specs::cluster(specs::dgx(), 2, FabricKind::rail_optimized);
  CHECK_FALSE(Cluster(spec).scale_up_reduces(0));
  CHECK_FALSE(Cluster(spec).fabric_reduces());
  spec.fabric.in_network_reduction = true;
  spec.pools[0].node.scale_up.in_network_reduction = true;
  CHECK(Cluster(spec).scale_up_reduces(0));
  CHECK(Cluster(spec).fabric_reduces());
  spec.fabric.kind = FabricKind::full_mesh; // no switch to reduce in
  CHECK_FALSE(Cluster(spec).fabric_reduces());
}
