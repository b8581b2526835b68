// The ways of data between storage, drives, host memory and cards.
#include "iccsim/platform/cluster.hpp"
#include "platform/specs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

using namespace iccsim;
using namespace iccsim::platform;

namespace {

scenario::StorageSpec parallel_fs(int servers, double nic = 25e9) {
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = servers;
  storage.read_bytes_per_s = 20e9;
  storage.write_bytes_per_s = 10e9;
  storage.nics = 2;
  storage.nic_bytes_per_s = nic;
  return storage;
}

/// A DGX with two storage NICs below the PCIe switches of cards 0, 1 and 4, 5, and eight drives.
scenario::NodeSpec dgx_with_storage_nics() {
  auto node = specs::dgx();
  node.nics.push_back({25e9, 2e-6, true});
  node.nics.push_back({25e9, 2e-6, true});
  node.pcie[0].nics.push_back(8);
  node.pcie[2].nics.push_back(9);
  node.nvme.assign(8, {3.84e12, 6e9, 3e9});
  for (int i = 0; i < 8; ++i) {
    node.pcie[static_cast<std::size_t>(i / 2)].nvme.push_back(i);
  }
  return node;
}

using Shares = std::map<std::string, double>;

Shares shares(const Cluster& cluster, const DataPlace& from, const DataPlace& to, bool direct = false) {
  Route route;
  cluster.data_route(from, to, direct, route);
  Shares result;
  for (const ResourceUse& use : route.uses) {
    result[cluster.resource_name(use.resource)] += use.share;
  }
  return result;
}

/// Shares of the resources whose names contain `part`, together.
double sum_of(const Shares& all, const std::string& part) {
  double sum = 0;
  for (const auto& [name, share] : all) {
    sum += name.find(part) == std::string::npos ? 0 : share;
  }
  return sum;
}

const DataPlace pfs{DataEnd::storage, 0, 0};

} // namespace

TEST_CASE("reading goes through server, network, NIC and host memory to the card", "[data]") {
  auto spec = specs::cluster(dgx_with_storage_nics(), 2, scenario::FabricKind::rail_optimized);
  spec.storage.push_back(parallel_fs(4));
  const Cluster cluster(spec);
  CHECK(shares(cluster, pfs, {DataEnd::host_memory, 3}) == Shares{{"pfs/servers/read", 1},
                                                                  {"pfs/servers/nic/out", 1},
                                                                  {"gpu-0/nic8/in", 1},
                                                                  {"gpu-0/nic8/slot/out", 1},
                                                                  {"gpu-0/pcie0/up", 1},
                                                                  {"gpu-0/socket0/memory", 1}});
  const Shares to_card = shares(cluster, pfs, {DataEnd::card, 3});
  CHECK(to_card.at("gpu-0/socket0/memory") == 2);
  CHECK(to_card.at("gpu-0/pcie1/down") == 1);
  CHECK(to_card.at("gpu-0/card3/slot/in") == 1);
  const Shares write = shares(cluster, {DataEnd::host_memory, 12}, pfs);
  CHECK(write.at("pfs/servers/write") == 1);
  CHECK(write.at("pfs/servers/nic/in") == 1);
  CHECK(write.at("gpu-1/nic9/out") == 1);
  CHECK(write.count("gpu-1/socket1/memory") == 1);
}

TEST_CASE("GPUDirect leaves out host memory, and the root port below one PCIe switch", "[data]") {
  auto spec = specs::cluster(dgx_with_storage_nics(), 2, scenario::FabricKind::rail_optimized);
  spec.storage.push_back(parallel_fs(4));
  const Cluster cluster(spec);
  CHECK(shares(cluster, pfs, {DataEnd::card, 1}, true) == Shares{{"pfs/servers/read", 1},
                                                                 {"pfs/servers/nic/out", 1},
                                                                 {"gpu-0/nic8/in", 1},
                                                                 {"gpu-0/nic8/slot/out", 1},
                                                                 {"gpu-0/card1/slot/in", 1}});
  const Shares far = shares(cluster, pfs, {DataEnd::card, 2}, true);
  CHECK(far.at("gpu-0/pcie0/up") == 1);
  CHECK(far.at("gpu-0/pcie1/down") == 1);
  CHECK(sum_of(far, "memory") == 0);
  const Shares drives = shares(cluster, {DataEnd::drives, 0}, {DataEnd::card, 0}, true);
  CHECK(drives.at("gpu-0/nvme0/read") == Approx(1.0 / 8));
  CHECK(drives.at("gpu-0/card0/slot/in") == Approx(1));
  CHECK(sum_of(drives, "memory") == 0);
}

TEST_CASE("servers on the compute fabric are reached through leaves and the card's own NIC", "[data]") {
  auto spec = specs::cluster(specs::dgx(), 40, scenario::FabricKind::rail_optimized);
  spec.storage.push_back(parallel_fs(48));
  const Cluster cluster(spec);
  const Shares read = shares(cluster, pfs, {DataEnd::host_memory, 8 * 35 + 3});
  CHECK(read.at("gpu-35/nic3/in") == 1);
  CHECK(read.at("leaf-1/rail3/down") == Approx(1));
  // 48 servers with two ports each fill one group of leaves and half of another, on two rails.
  CHECK(read.at("leaf-2/rail0/up") == Approx(1.0 / 3));
  CHECK(read.at("leaf-3/rail1/up") == Approx(1.0 / 6));
  CHECK(sum_of(read, "/up") == Approx(2)); // leaves, and the node's root port
  for (CardId card = 0; card < cluster.cards(); card += 37) {
    const Shares write = shares(cluster, {DataEnd::host_memory, card}, pfs);
    CHECK(sum_of(write, "nic/in") == 1);
    CHECK(sum_of(write, "leaf") == Approx(2));
  }
}

TEST_CASE("storage beside the nodes leaves their own leaves as they were", "[data]") {
  for (const auto kind : {scenario::FabricKind::rail_optimized, scenario::FabricKind::fat_tree}) {
    auto spec = specs::cluster(specs::dgx(), 50, kind);
    const Cluster alone(spec);
    spec.storage.push_back(parallel_fs(10));
    const Cluster beside(spec);
    Route a;
    Route b;
    for (CardId to = 1; to < alone.cards(); to += 7) {
      alone.route(0, to, Transport::fastest, 0, a);
      beside.route(0, to, Transport::fastest, 0, b);
      REQUIRE(a.uses.size() == b.uses.size());
      CHECK(a.latency_s == b.latency_s);
      for (std::size_t i = 0; i < a.uses.size(); ++i) {
        CHECK(alone.resource_name(a.uses[i].resource) == beside.resource_name(b.uses[i].resource));
        CHECK(alone.capacity(a.uses[i].resource) == beside.capacity(b.uses[i].resource));
      }
    }
  }
}

TEST_CASE("fabrics that hash spread storage over all their paths", "[data]") {
  auto spec = specs::cluster(specs::dgx(), 40, scenario::FabricKind::fat_tree);
  spec.fabric.paths = scenario::PathSelection::hash;
  spec.storage.push_back(parallel_fs(16));
  const Cluster cluster(spec);
  const Shares read = shares(cluster, pfs, {DataEnd::host_memory, 0});
  CHECK(sum_of(read, "leaf-0/down") == Approx(1));
  const double links = static_cast<double>(
      std::count_if(read.begin(), read.end(), [](const auto& use) { return use.first.find("leaf-0/down") == 0; }));
  REQUIRE(links > 1);
  for (const auto& [name, share] : read) {
    if (name.find("leaf-0/down") == 0) {
      CHECK(share == Approx(1 / links));
    }
  }
}

TEST_CASE("a fabric of their own joins storage NICs and servers", "[data]") {
  auto spec = specs::cluster(dgx_with_storage_nics(), 40, scenario::FabricKind::rail_optimized);
  spec.storage.push_back(parallel_fs(16));
  spec.storage_fabric = scenario::FabricSpec{};
  spec.storage_fabric->kind = scenario::FabricKind::fat_tree;
  spec.storage_fabric->leaf_ports = 32;
  spec.storage_fabric->efficiency = 0.5;
  const Cluster cluster(spec);
  const Shares read = shares(cluster, pfs, {DataEnd::host_memory, 8 * 39 + 7});
  CHECK(read.at("storage/leaf-2/down") == Approx(1)); // nodes of two ports, sixteen a leaf
  CHECK(read.at("storage/leaf-3/up") == Approx(1));
  CHECK(read.at("gpu-39/nic9/in") == 1);
  for (ResourceId resource = 0; resource < cluster.resource_count(); ++resource) {
    const std::string name = cluster.resource_name(resource);
    if (name == "gpu-39/nic9/in") {
      CHECK(cluster.capacity(resource) == Approx(12.5e9));
      CHECK(cluster.kind(resource) == ResourceKind::nic_in);
    }
    if (name == "pfs/servers/nic/out") {
      CHECK(cluster.capacity(resource) == Approx(16 * 2 * 25e9 * 0.5));
      CHECK(cluster.kind(resource) == ResourceKind::storage_nic);
    }
    CHECK(cluster.capacity(resource) > 0);
  }
}

TEST_CASE("names of storage resources lead back to them", "[data]") {
  auto spec = specs::cluster(dgx_with_storage_nics(), 3, scenario::FabricKind::rail_optimized);
  spec.storage.push_back(parallel_fs(4));
  spec.storage.push_back(parallel_fs(2));
  spec.storage[1].name = "objects";
  spec.storage[1].metadata_per_s = 1000;
  spec.storage[1].latency_s = 0.1;
  spec.storage[1].request_bytes = 1e6;
  spec.storage[1].connections = 16;
  const Cluster cluster(spec);
  std::map<std::string, int> names;
  for (ResourceId resource = 0; resource < cluster.resource_count(); ++resource) {
    ++names[cluster.resource_name(resource)];
  }
  CHECK(names.size() == cluster.resource_count());
  CHECK(names.count("gpu-2/objects/connections") == 1);
  CHECK(names.count("pfs/metadata") == 0);
  CHECK(cluster.metadata(0) == no_resource_id);
  CHECK(cluster.resource_name(cluster.metadata(1)) == "objects/metadata");
  CHECK(cluster.capacity(cluster.metadata(1)) == 1000);
  Route route;
  cluster.data_route({DataEnd::storage, 0, 1}, {DataEnd::host_memory, 20}, false, route);
  const auto last = route.uses.back();
  CHECK(cluster.resource_name(last.resource) == "gpu-2/objects/connections");
  CHECK(cluster.capacity(last.resource) == Approx(16 * 1e6 / 0.1));
  CHECK(route.latency_s > 0.1);
}

TEST_CASE("host memory of another node is reached over the compute fabric", "[data]") {
  const Cluster cluster(specs::cluster(specs::dgx(), 2, scenario::FabricKind::rail_optimized));
  CHECK(shares(cluster, {DataEnd::host_memory, 4}, {DataEnd::host_memory, 12}) == Shares{{"gpu-0/socket1/memory", 1},
                                                                                         {"gpu-0/pcie2/down", 1},
                                                                                         {"gpu-0/nic4/slot/in", 1},
                                                                                         {"gpu-0/nic4/out", 1},
                                                                                         {"gpu-1/nic4/in", 1},
                                                                                         {"gpu-1/nic4/slot/out", 1},
                                                                                         {"gpu-1/pcie2/up", 1},
                                                                                         {"gpu-1/socket1/memory", 1}});
}

TEST_CASE("the cores of a node serve its cards", "[data]") {
  const Cluster cluster(specs::cluster(specs::dgx(), 2, scenario::FabricKind::rail_optimized));
  std::vector<ResourceUse> uses;
  cluster.cores(9, uses);
  REQUIRE(uses.size() == 2);
  CHECK(cluster.resource_name(uses[0].resource) == "gpu-1/socket0/cpu");
  CHECK(cluster.capacity(uses[0].resource) == 64);
  CHECK(uses[0].share == 0.5);
}

TEST_CASE("storage that cannot be reached or built is refused", "[data]") {
  auto spec = specs::cluster(specs::dgx(), 2, scenario::FabricKind::rail_optimized);
  Route route;
  CHECK_THROWS_WITH(Cluster(spec).data_route({DataEnd::drives, 0}, {DataEnd::host_memory, 0}, false, route),
                    Catch::Contains("have no nvme drives"));
  spec.storage.push_back(parallel_fs(4));
  spec.storage[0].network = scenario::StorageNetwork::storage;
  CHECK_THROWS_WITH(Cluster(spec), Catch::Contains("the nodes of pool gpu have none"));
  spec.storage[0].network = scenario::StorageNetwork::automatic;
  spec.storage_fabric = scenario::FabricSpec{};
  spec.storage_fabric->kind = scenario::FabricKind::full_mesh;
  CHECK_THROWS_WITH(Cluster(spec), Catch::Contains("cannot be plugged into a full_mesh"));
}
