#include "platform/dragonfly_fabric.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::platform;

namespace {

DragonflyFabric make(int routers, int ports, std::uint32_t hosts, double oversubscription = 1) {
  scenario::FabricSpec spec;
  spec.kind = scenario::FabricKind::dragonfly;
  spec.group_routers = routers;
  spec.router_ports = ports;
  spec.oversubscription = oversubscription;
  FabricHosts all;
  all.add({hosts, {25e9}});
  return DragonflyFabric(spec, all, 0);
}

} // namespace

TEST_CASE("the largest balanced dragonfly has one full-rate link between two groups") {
  // Kim et al., ISCA 2008: a = 2p = 2h routers a group and a h + 1 groups; here p = h = 2, a = 4, 9 groups.
  const DragonflyFabric fabric = make(4, 2, 4 * 2 * 9);
  CHECK(fabric.resource_count() == 9 * 4 * 3 + 9 * 8);
  for (ResourceId id = 0; id < fabric.resource_count(); ++id) {
    CHECK(fabric.capacity(id) == Approx(25e9));
  }
}

TEST_CASE("each router of the largest dragonfly ends h global links") {
  const DragonflyFabric fabric = make(4, 2, 72);
  const FabricGraph graph = fabric.graph();
  for (FabricGraph::Vertex router = 0; router < 36; ++router) {
    CHECK(boost::out_degree(router, graph.graph) == 3 + 2 + 2); // local, global, ports
  }
}

TEST_CASE("global links of a group carry its injection, divided by the oversubscription") {
  const double oversubscription = GENERATE(1.0, 2.0, 5.0);
  const std::uint32_t groups = GENERATE(2, 3, 6);
  const DragonflyFabric fabric = make(4, 4, groups * 16, oversubscription);
  double global = 0;
  for (auto id = static_cast<ResourceId>(groups * 4 * 3); id < fabric.resource_count(); ++id) {
    global += fabric.capacity(id);
  }
  CHECK(global == Approx(groups * 16 * 25e9 / oversubscription));
}

TEST_CASE("hosts of a group are neighbours") {
  const DragonflyFabric fabric = make(4, 2, 72);
  CHECK(fabric.leaf_group(7) == 0);
  CHECK(fabric.leaf_group(8) == 1);
  Route route;
  CHECK(fabric.route({0, 0}, {1, 0}, 0, 1, route) == 1); // one router
  CHECK(fabric.route({0, 0}, {7, 0}, 0, 1, route) == 2); // one group
}
