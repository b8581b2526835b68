#include "iccsim/platform/cluster.hpp"

#include "platform/specs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace iccsim;
using platform::Cluster;
using platform::Route;
using platform::Transport;

namespace {

std::vector<std::string> names(const Cluster& cluster, const Route& route) {
  std::vector<std::string> result;
  for (const auto& use : route.uses) {
    result.push_back(cluster.resource_name(use.resource));
  }
  return result;
}

std::vector<std::string> way(const Cluster& cluster, std::uint32_t from, std::uint32_t to,
                             Transport transport = Transport::fastest) {
  Route route;
  cluster.route(from, to, transport, 0, route);
  return names(cluster, route);
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("cards of a node meet on the scale-up switch") {
  const Cluster cluster(specs::cluster(specs::dgx(), 64, scenario::FabricKind::rail_optimized));
  CHECK(way(cluster, 8, 11) == Names{"gpu-1/card0/scale_up/out", "gpu-1/card3/scale_up/in"});
  Route route;
  cluster.route(8, 11, Transport::fastest, 0, route);
  CHECK(route.latency_s == Approx(1.5e-6));
  CHECK(cluster.capacity(route.uses[0].resource) == Approx(240e9));
}

TEST_CASE("cards of one rail meet in its leaf, with GPUDirect through the two slots") {
  const Cluster cluster(specs::cluster(specs::dgx(), 64, scenario::FabricKind::rail_optimized));
  CHECK(way(cluster, 3, 8 + 3) == Names{"gpu-0/card3/slot/out", "gpu-0/nic3/slot/in", "gpu-0/nic3/out", "gpu-1/nic3/in",
                                        "gpu-1/nic3/slot/out", "gpu-1/card3/slot/in"});
  CHECK(way(cluster, 3, 8 * 32 + 3) == Names{"gpu-0/card3/slot/out", "gpu-0/nic3/slot/in", "gpu-0/nic3/out",
                                             "leaf-0/rail3/up", "leaf-1/rail3/down", "gpu-32/nic3/in",
                                             "gpu-32/nic3/slot/out", "gpu-32/card3/slot/in"});
}

TEST_CASE("a flow to another rail first crosses the scale-up switch") {
  const Cluster cluster(specs::cluster(specs::dgx(), 64, scenario::FabricKind::rail_optimized));
  const auto hops = way(cluster, 0, 8 + 5);
  CHECK(std::find(hops.begin(), hops.end(), "gpu-0/card5/scale_up/in") != hops.end());
  CHECK(std::find(hops.begin(), hops.end(), "gpu-0/nic5/out") != hops.end());
  const auto direct = way(cluster, 0, 8 + 5, Transport::scale_out);
  CHECK(std::find(direct.begin(), direct.end(), "leaf-0/rail0/up") != direct.end());
  CHECK(std::find(direct.begin(), direct.end(), "leaf-0/rail5/down") != direct.end());
}

TEST_CASE("a flow changes rails over scale-up only where that is no slower than the NIC") {
  auto node = specs::dgx();
  node.scale_up.kind = scenario::ScaleUpKind::full_mesh; // 240 GB/s over seven links: 34 GB/s each, NICs 25 GB/s
  const Cluster wide(specs::cluster(node, 2, scenario::FabricKind::rail_optimized));
  CHECK(way(wide, 0, 8 + 5).front() == "gpu-0/card0/scale_up/peer4");
  node.scale_up.bytes_per_s = 200e9; // 23 GB/s each
  const Cluster narrow(specs::cluster(node, 2, scenario::FabricKind::rail_optimized));
  CHECK(way(narrow, 0, 8 + 5) == way(narrow, 0, 8 + 5, Transport::scale_out));
}
