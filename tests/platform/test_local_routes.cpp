#include "iccsim/platform/cluster.hpp"

#include "platform/specs.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace iccsim;
using platform::Cluster;
using platform::Device;
using platform::DeviceKind;
using Names = std::vector<std::string>;

namespace {

scenario::PlatformSpec with_drives_and_storage_nic() {
  auto node = specs::dgx();
  node.nvme.assign(2, {3.84e12, 6.2e9, 3.5e9});
  node.pcie[0].nvme = {0}; // the second drive hangs off a socket
  node.nics.push_back({25e9, 2e-6, true});
  return specs::cluster(node, 2, scenario::FabricKind::rail_optimized);
}

Names way(const Cluster& cluster, Device from, Device to) {
  platform::Route route;
  cluster.local_route(1, from, to, route);
  Names names;
  for (const auto& use : route.uses) {
    CHECK(use.share == 1);
    names.push_back(cluster.resource_name(use.resource));
  }
  return names;
}

constexpr Device card(int i) {
  return {DeviceKind::card, i};
}
constexpr Device nic(int i) {
  return {DeviceKind::nic, i};
}
constexpr Device drive(int i) {
  return {DeviceKind::nvme, i};
}
constexpr Device memory(int i) {
  return {DeviceKind::host_memory, i};
}

} // namespace

TEST_CASE("devices below one PCIe switch use their slots only") {
  const Cluster cluster(with_drives_and_storage_nic());
  CHECK(way(cluster, card(0), nic(1)) == Names{"gpu-1/card0/slot/out", "gpu-1/nic1/slot/in"});
  CHECK(way(cluster, card(0), card(1)) == Names{"gpu-1/card0/slot/out", "gpu-1/card1/slot/in"});
  CHECK(way(cluster, drive(0), card(1)) == Names{"gpu-1/nvme0/read", "gpu-1/nvme0/slot/out", "gpu-1/card1/slot/in"});
}

TEST_CASE("between switches of one socket the root ports take part, between sockets their link too") {
  const Cluster cluster(with_drives_and_storage_nic());
  CHECK(way(cluster, card(0), card(2)) ==
        Names{"gpu-1/card0/slot/out", "gpu-1/pcie0/up", "gpu-1/pcie1/down", "gpu-1/card2/slot/in"});
  CHECK(way(cluster, card(0), nic(7)) == Names{"gpu-1/card0/slot/out", "gpu-1/pcie0/up", "gpu-1/socket0/to_socket1",
                                               "gpu-1/pcie3/down", "gpu-1/nic7/slot/in"});
}

TEST_CASE("copies to and from host memory") {
  const Cluster cluster(with_drives_and_storage_nic());
  CHECK(way(cluster, memory(0), card(0)) == Names{"gpu-1/socket0/memory", "gpu-1/pcie0/down", "gpu-1/card0/slot/in"});
  CHECK(way(cluster, card(7), memory(1)) == Names{"gpu-1/card7/slot/out", "gpu-1/pcie3/up", "gpu-1/socket1/memory"});
  CHECK(way(cluster, memory(0), drive(0)) ==
        Names{"gpu-1/socket0/memory", "gpu-1/pcie0/down", "gpu-1/nvme0/slot/in", "gpu-1/nvme0/write"});
  CHECK(way(cluster, memory(0), memory(1)) ==
        Names{"gpu-1/socket0/memory", "gpu-1/socket0/to_socket1", "gpu-1/socket1/memory"});
}

TEST_CASE("devices below no PCIe switch reach their socket directly") {
  const Cluster cluster(with_drives_and_storage_nic());
  CHECK(way(cluster, nic(8), memory(0)) == Names{"gpu-1/socket0/memory"});
  CHECK(way(cluster, drive(1), memory(0)) == Names{"gpu-1/nvme1/read", "gpu-1/socket0/memory"});
}

TEST_CASE("capacities inside a node") {
  const Cluster cluster(with_drives_and_storage_nic());
  const auto capacity = [&](Device from, Device to, std::size_t use) {
    platform::Route route;
    cluster.local_route(0, from, to, route);
    return cluster.capacity(route.uses.at(use).resource);
  };
  CHECK(capacity(memory(0), card(0), 0) == Approx(190e9)); // half of the host's, a socket
  CHECK(capacity(memory(0), card(0), 1) == Approx(31.5e9));
  CHECK(capacity(drive(0), card(0), 0) == Approx(6.2e9));
  CHECK(capacity(card(0), drive(0), 2) == Approx(3.5e9));
  CHECK(capacity(card(0), nic(7), 2) == Approx(100e9));
}
