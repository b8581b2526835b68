// Remembered routes against the cluster's own, between cards by lot.
#include "platform/specs.hpp"

#include "iccsim/platform/route_memo.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <utility>

using namespace iccsim;
using namespace iccsim::platform;

namespace {

using Uses = std::vector<std::pair<ResourceId, double>>;

void add(const SplitRoute::Span& span, ResourceId base, Uses& uses) {
  for (const ResourceUse& use : span) {
    uses.emplace_back(base + use.resource, use.share);
  }
}

Uses uses_of(const SplitRoute& route) {
  Uses uses;
  add(route.at_from, route.from_base, uses);
  add(route.at_to, route.to_base, uses);
  add(route.beyond, 0, uses);
  std::sort(uses.begin(), uses.end());
  return uses;
}

Uses uses_of(const Route& route) {
  Uses uses;
  for (const ResourceUse& use : route.uses) {
    uses.emplace_back(use.resource, use.share);
  }
  std::sort(uses.begin(), uses.end());
  return uses;
}

/// Pairs by lot, half of them to a neighbour, as collectives send.
void compare(const Cluster& cluster, unsigned seed) {
  std::mt19937 random(seed);
  const auto card = [&] { return static_cast<CardId>(random() % cluster.cards()); };
  RouteMemo memo(cluster);
  Route route;
  int different = 0;
  for (int i = 0; i < 2000; ++i) {
    const CardId from = card();
    const CardId to = i % 2 == 0 ? card() : (from + 1 + i % 9) % cluster.cards();
    if (from == to) {
      continue;
    }
    const auto flow = static_cast<std::uint64_t>(i);
    cluster.route(from, to, Transport::fastest, flow, route);
    const SplitRoute& found = memo.find(from, to, flow);
    different += uses_of(found) != uses_of(route) || found.latency_s != route.latency_s ||
                 found.scale_out != route.scale_out || found.from_node != cluster.node_of(from) ||
                 found.to_node != cluster.node_of(to);
  }
  CHECK(different == 0);
}

} // namespace

TEST_CASE("a remembered route is the cluster's route, whatever the fabric and the links inside") {
  using scenario::FabricKind;
  using scenario::ScaleUpKind;
  for (const auto fabric :
       {FabricKind::rail_optimized, FabricKind::fat_tree, FabricKind::single_switch, FabricKind::full_mesh}) {
    for (const auto inside : {ScaleUpKind::none, ScaleUpKind::switched, ScaleUpKind::full_mesh}) {
      for (const int domain_nodes : {1, 2}) {
        for (const auto paths : {scenario::PathSelection::ecmp, scenario::PathSelection::hash}) {
          auto node = specs::dgx();
          node.scale_up.kind = inside;
          node.scale_up.domain_nodes = inside == ScaleUpKind::none ? 1 : domain_nodes;
          auto spec = specs::cluster(node, 12, fabric);
          spec.fabric.leaf_ports = fabric == FabricKind::fat_tree ? 16 : 4;
          spec.fabric.paths = paths;
          INFO(static_cast<int>(fabric) << ' ' << static_cast<int>(inside) << ' ' << domain_nodes);
          compare(Cluster(spec), 7);
        }
      }
    }
  }
}

TEST_CASE("routes of two pools are told apart, and those that enter a leaf over another rail") {
  auto spec = specs::cluster(specs::dgx(8, 4), 6, scenario::FabricKind::rail_optimized);
  spec.fabric.leaf_ports = 2;
  spec.pools.push_back({"small", specs::lone_card(), 5});
  compare(Cluster(spec), 11);
}
