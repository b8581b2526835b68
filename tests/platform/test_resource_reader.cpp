// The reader's answers against the cluster's, whatever the order of the questions.
#include "platform/specs.hpp"

#include "iccsim/platform/resource_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <random>

using namespace iccsim;
using namespace iccsim::platform;

TEST_CASE("A resource reader tells what the cluster tells: up, down and by lot") {
  auto spec = specs::cluster(specs::dgx(), 5, scenario::FabricKind::rail_optimized);
  spec.fabric.leaf_ports = 2;
  spec.pools.push_back({"small", specs::lone_card(), 3});
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 4;
  storage.read_bytes_per_s = storage.write_bytes_per_s = 10e9;
  storage.nics = 1;
  storage.nic_bytes_per_s = 25e9;
  spec.storage.push_back(storage);
  for (const ResourceScale& scale : {ResourceScale{}, ResourceScale{{ResourceKind::nic_out, 2.0}}}) {
    const Cluster cluster(spec, scale);
    std::vector<ResourceId> order(cluster.resource_count());
    std::iota(order.begin(), order.end(), 0u);
    std::vector<ResourceId> down(order.rbegin(), order.rend());
    order.insert(order.end(), down.begin(), down.end());
    std::shuffle(down.begin(), down.end(), std::mt19937(1));
    order.insert(order.end(), down.begin(), down.end());
    ResourceReader reader(cluster);
    for (const ResourceId resource : order) {
      const ResourceTraits traits = reader.read(resource);
      INFO(cluster.resource_name(resource));
      CHECK(traits.kind == cluster.kind(resource));
      CHECK(traits.capacity == cluster.capacity(resource));
    }
  }
}
