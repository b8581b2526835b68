#include "iccsim/platform/cluster.hpp"

#include "platform/specs.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <queue>
#include <set>
#include <string>
#include <vector>

using namespace iccsim;
using platform::CardId;
using platform::Cluster;
using platform::ResourceKind;
using platform::Route;
using platform::Transport;
using scenario::FabricKind;
using scenario::ScaleUpKind;
using Names = std::vector<std::string>;

namespace {

Route fastest(const Cluster& cluster, CardId from, CardId to, std::uint64_t flow = 0) {
  Route route;
  cluster.route(from, to, Transport::fastest, flow, route);
  return route;
}

Names names(const Cluster& cluster, const Route& route) {
  Names result;
  for (const auto& use : route.uses) {
    result.push_back(cluster.resource_name(use.resource));
  }
  return result;
}

/// Tori of cards as TPU pods have them: hosts of four cards.
scenario::PlatformSpec tpu(std::vector<int> dimensions, int hosts, bool wrap = true) {
  scenario::NodeSpec node;
  node.cards = 4;
  node.scale_up.kind = ScaleUpKind::torus;
  node.scale_up.bytes_per_s = 300e9;
  node.scale_up.latency_s = 1e-6;
  auto spec = specs::cluster(node, hosts, FabricKind::torus);
  spec.fabric.dimensions = std::move(dimensions);
  spec.fabric.wrap = wrap;
  return spec;
}

} // namespace

TEST_CASE("a full mesh splits a card's bandwidth over its links, each pair its own") {
  auto node = specs::dgx();
  node.scale_up.kind = ScaleUpKind::full_mesh;
  const Cluster cluster(specs::cluster(node, 2, FabricKind::rail_optimized));
  std::set<platform::ResourceId> links;
  for (CardId from = 8; from < 16; ++from) {
    for (CardId to = 8; to < 16; ++to) {
      if (from != to) {
        const Route route = fastest(cluster, from, to);
        REQUIRE(route.uses.size() == 1);
        CHECK(links.insert(route.uses[0].resource).second);
        CHECK(cluster.capacity(route.uses[0].resource) == Approx(300e9 * 0.8 / 7));
        CHECK(cluster.kind(route.uses[0].resource) == ResourceKind::scale_up_link);
      }
    }
  }
  CHECK(links.size() == 56);
}

TEST_CASE("a full mesh that spans nodes has one link for each ordered pair of its cards") {
  auto node = specs::dgx(4, 4);
  node.scale_up.kind = ScaleUpKind::full_mesh;
  node.scale_up.domain_nodes = 3;
  const Cluster cluster(specs::cluster(node, 6, FabricKind::rail_optimized));
  std::set<platform::ResourceId> links;
  for (CardId from = 12; from < 24; ++from) {
    for (CardId to = 12; to < 24; ++to) {
      if (from != to) {
        const Route route = fastest(cluster, from, to);
        REQUIRE(route.uses.size() == 1);
        links.insert(route.uses[0].resource);
        CHECK(cluster.capacity(route.uses[0].resource) == Approx(240e9 / 11));
      }
    }
  }
  CHECK(links.size() == 12 * 11);
  CHECK(cluster.scale_up_domain(11) != cluster.scale_up_domain(12));
  CHECK(fastest(cluster, 11, 12).uses.size() > 1);
}

TEST_CASE("a switched domain of 18 nodes with 4 cards is one hop wide") {
  auto node = specs::dgx(4, 4);
  node.scale_up.domain_nodes = 18;
  const Cluster cluster(specs::cluster(node, 36, FabricKind::rail_optimized));
  CHECK(names(cluster, fastest(cluster, 0, 71)) == Names{"gpu-0/card0/scale_up/out", "gpu-17/card3/scale_up/in"});
  CHECK(cluster.scale_up_domain(71) == 0);
  CHECK(cluster.scale_up_domain(72) == 1);
  const Route out = fastest(cluster, 71, 72); // rail 3 to rail 0: enters over scale-up
  CHECK(names(cluster, out).front() == "gpu-17/card3/scale_up/out");
}

TEST_CASE("listed links: direct where there is one, else the fewest and then the widest links") {
  auto node = specs::dgx(4, 4);
  node.scale_up.kind = ScaleUpKind::links;
  node.scale_up.efficiency = 1;
  node.scale_up.links = {{0, 1, 25e9}, {1, 3, 25e9}, {0, 2, 50e9}, {2, 3, 25e9}, {2, 3, 25e9}};
  const Cluster cluster(specs::cluster(node, 1, FabricKind::rail_optimized));
  CHECK(names(cluster, fastest(cluster, 0, 1)) == Names{"gpu-0/card0/scale_up/card1"});
  const Route far = fastest(cluster, 0, 3);
  CHECK(names(cluster, far) == Names{"gpu-0/card0/scale_up/card2", "gpu-0/card2/scale_up/card3"});
  CHECK(far.latency_s == Approx(3e-6));
  CHECK(cluster.capacity(far.uses[1].resource) == Approx(50e9));
}

TEST_CASE("cards that no link joins, and cards without scale-up, meet over PCIe") {
  auto node = specs::dgx(4, 4);
  node.scale_up.kind = ScaleUpKind::links;
  node.scale_up.links = {{0, 1, 25e9}};
  const Cluster linked(specs::cluster(node, 2, FabricKind::rail_optimized));
  const Names pcie = {"gpu-0/card0/slot/out", "gpu-0/pcie0/up", "gpu-0/pcie1/down", "gpu-0/card1/slot/in"};
  CHECK(names(linked, fastest(linked, 0, 2))[0] == "gpu-0/card0/slot/out");
  node.scale_up = {};
  const Cluster alone(specs::cluster(node, 2, FabricKind::rail_optimized));
  CHECK(names(alone, fastest(alone, 0, 1)) == pcie);
  CHECK(fastest(alone, 0, 1).latency_s > 0);
  CHECK(alone.scale_up_domain(0) != alone.scale_up_domain(1));
  // No scale-up to change rails with: the flow crosses the spine.
  CHECK(names(alone, fastest(alone, 0, 5)).at(3) == "leaf-0/rail0/up");
}

TEST_CASE("a torus of cards: lanes split over the directions, routes as long as the dimensions say") {
  const Cluster cluster(tpu({4, 4, 8}, 32));
  REQUIRE(cluster.cards() == 128);
  const auto ring = [](int a, int b, int size) { return std::min(std::abs(a - b), size - std::abs(a - b)); };
  for (CardId from = 0; from < 128; from += 5) {
    for (CardId to = 0; to < 128; ++to) {
      if (from == to) {
        continue;
      }
      const int a = static_cast<int>(from), b = static_cast<int>(to);
      const int hops = ring(a / 32, b / 32, 4) + ring(a / 8 % 4, b / 8 % 4, 4) + ring(a % 8, b % 8, 8);
      const Route route = fastest(cluster, from, to);
      double length = 0;
      for (const auto& use : route.uses) {
        length += use.share;
        REQUIRE(cluster.kind(use.resource) == ResourceKind::scale_up_link);
        REQUIRE(cluster.capacity(use.resource) == Approx(300e9 / 6));
      }
      REQUIRE(length == Approx(hops));
      REQUIRE(route.latency_s == Approx(1e-6 + (hops - 1) * 600e-9));
    }
  }
  CHECK(cluster.scale_up_domain(127) == 0);
  CHECK(cluster.leaf_group(7) == 0); // a plane of 4 x 8 cards is 8 hosts
  CHECK(cluster.leaf_group(8) == 1);
}

TEST_CASE("a torus of cards has no NICs to leave by: scale_out takes its links") {
  const Cluster cluster(tpu({4, 4}, 4));
  Route route;
  cluster.route(0, 1, Transport::scale_out, 0, route);
  CHECK(names(cluster, route) == Names{"gpu-0/card0/torus/y+"});
}

TEST_CASE("tori of cards joined by NICs") {
  auto spec = tpu({4, 4}, 8);
  spec.pools[0].node.nics.assign(1, {12.5e9, 2e-6, false});
  spec.fabric.kind = FabricKind::single_switch;
  const Cluster cluster(spec);
  CHECK(cluster.scale_up_domain(15) == 0);
  CHECK(cluster.scale_up_domain(16) == 1);
  CHECK(names(cluster, fastest(cluster, 17, 18)) == Names{"gpu-4/card1/torus/y+"});
  CHECK(names(cluster, fastest(cluster, 1, 17)) == Names{"gpu-0/nic0/out", "gpu-4/nic0/in"});
}
