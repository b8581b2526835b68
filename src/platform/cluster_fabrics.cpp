// The fabrics of a cluster, with nodes and storage servers plugged in.
#include "platform/check_spec.hpp"
#include "platform/cluster_parts.hpp"
#include "platform/rails.hpp"

#include <algorithm>

namespace iccsim::platform {
namespace {

/// Fabrics whose switches have ports to spare for servers. On a torus or a full mesh every position is a node, and what
/// lies between a node's NICs and storage is not modelled.
bool takes_servers(const scenario::FabricSpec& fabric) {
  return fabric.kind != scenario::FabricKind::torus && fabric.kind != scenario::FabricKind::full_mesh;
}

std::size_t most_ports(const FabricHosts& hosts) {
  return static_cast<std::size_t>(std::max(1, hosts.most_ports()));
}

} // namespace

bool Cluster::Parts::plugged_in(std::size_t storage, ServerNetwork network) const {
  const scenario::StorageSpec& servers = spec.storage[storage];
  const bool compute = network == ServerNetwork::compute;
  return has_servers(servers) && servers.nic_bytes_per_s > 0 && server_network(servers, spec) == network &&
         (compute ? takes_servers(spec.fabric) : spec.storage_fabric.has_value());
}

/// Nodes, then the servers that are plugged in beside them.
FabricHosts Cluster::Parts::fabric_hosts(ServerNetwork network) const {
  FabricHosts hosts;
  const bool compute = network == ServerNetwork::compute;
  const double efficiency = (compute ? spec.fabric : *spec.storage_fabric).efficiency;
  for (const Pool& pool : pools) {
    const auto& node = pool.spec->node;
    HostRun run{pool.nodes(), {}};
    for (const int nic : compute ? compute_nics(node) : storage_nics(node)) {
      run.port_bytes_per_s.push_back(node.nics[static_cast<std::size_t>(nic)].bytes_per_s * efficiency);
    }
    hosts.add(std::move(run));
  }
  const std::size_t most = most_ports(hosts);
  for (std::size_t i = 0; i < spec.storage.size(); ++i) {
    if (plugged_in(i, network)) {
      // More NICs than a node has would need rails of their own: they are drawn as fewer, faster ones.
      const auto nics = static_cast<std::size_t>(spec.storage[i].nics);
      const std::size_t ports = std::min(nics, most);
      const double rate = spec.storage[i].nic_bytes_per_s * static_cast<double>(nics) / static_cast<double>(ports);
      hosts.add(
          {static_cast<std::uint32_t>(spec.storage[i].servers), std::vector<double>(ports, rate * efficiency), true});
    }
  }
  return hosts;
}

void Cluster::Parts::add_fabric() {
  const bool all_have_nics =
      std::all_of(pools.begin(), pools.end(), [](const Pool& pool) { return pool.type->rails() > 0; });
  if (domains == 1 && (!all_have_nics || spec.fabric.kind == scenario::FabricKind::torus)) {
    return; // one scale-up domain joins every card
  }
  if (nodes == 1 && !all_have_nics) {
    return;
  }
  check_nics(spec);
  fabric = make_fabric(spec.fabric, fabric_hosts(ServerNetwork::compute), resources);
  resources = checked_count(std::uint64_t{resources} + fabric->resource_count());
}

void Cluster::Parts::add_storage_fabric() {
  const bool any_nic =
      std::any_of(pools.begin(), pools.end(), [](const Pool& pool) { return !storage_nics(pool.spec->node).empty(); });
  if (!spec.storage_fabric || !any_nic) {
    return;
  }
  storage_fabric = make_fabric(*spec.storage_fabric, fabric_hosts(ServerNetwork::storage), resources);
  resources = checked_count(std::uint64_t{resources} + storage_fabric->resource_count());
}

std::unique_ptr<ServerWays> Cluster::Parts::ways_to(std::size_t storage) const {
  const ServerNetwork network = server_network(spec.storage[storage], spec);
  const Fabric* joins = (network == ServerNetwork::compute ? fabric : storage_fabric).get();
  if (joins == nullptr || !plugged_in(storage, network)) {
    return nullptr;
  }
  const FabricHosts hosts = fabric_hosts(network);
  std::size_t run = pools.size();
  for (std::size_t before = 0; before < storage; ++before) {
    run += plugged_in(before, network) ? 1 : 0;
  }
  const std::uint32_t first = hosts.first_host(run);
  return std::make_unique<ServerWays>(*joins, first, hosts.runs()[run].count, hosts.ports(first));
}

} // namespace iccsim::platform
