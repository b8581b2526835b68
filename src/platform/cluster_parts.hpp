// What a Cluster is made of.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "platform/fabric.hpp"
#include "platform/scale_up.hpp"
#include "platform/server_ways.hpp"
#include "platform/storage_systems.hpp"

#include <memory>
#include <vector>

namespace iccsim::platform {

/// How the servers of a storage are reached.
struct StorageLink {
  ServerNetwork network = ServerNetwork::compute;
  std::unique_ptr<ServerWays> ways; ///< none: nothing between the NICs ever binds
};

/// Throws std::invalid_argument when there are more than ids can number.
ResourceId checked_count(std::uint64_t resources);

struct Cluster::Parts {
  scenario::PlatformSpec spec;
  std::vector<Pool> pools;
  std::vector<ScaleUp> scale_up;  ///< one a pool
  std::unique_ptr<Fabric> fabric; ///< none when no two cards need one
  std::unique_ptr<Fabric> storage_fabric;
  StorageSystems storages;
  std::vector<StorageLink> storage_links; ///< by storage
  std::uint32_t nodes = 0;
  std::uint32_t cards = 0;
  std::uint32_t domains = 0;
  ResourceId resources = 0;
  ResourceScale scale;

  Parts(const scenario::PlatformSpec& platform, const ResourceScale& scale);

  const Pool& pool_of_node(NodeId node) const;
  const Pool& pool_of_resource(ResourceId resource) const;
  CardPlace place(CardId card) const;
  CardPlace sibling(CardPlace place, int card) const;
  const NodeTemplate& type(const CardPlace& place) const { return *pools[static_cast<std::size_t>(place.pool)].type; }
  ResourceKind kind(ResourceId resource) const;
  double capacity(ResourceId resource) const; ///< scaled
  double slowest(const Route& route) const;   ///< payload bytes/s that a lone flow gets through
  bool on_storage(ResourceId resource) const { return resource >= storages.base(); }
  /// The fabric that a resource belongs to; null: a node or a storage.
  const Fabric* fabric_of(ResourceId resource) const;

  /// Each appends its part of a route.
  bool through_scale_up(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;
  void through_pcie(const CardPlace& from, const CardPlace& to, Route& route) const;
  void through_fabric(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;
  CardPlace enter_destination_rail(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const;
  /// Each appends the way of data between two memories, between memory and servers, drives or a NIC.
  void data_leg(const DataPlace& from, const DataPlace& to, Route& route) const;
  void servers(const DataPlace& client, int storage, bool to_servers, Route& route) const;
  void drives(const DataPlace& client, bool to_drives, Route& route) const;
  void inside_node(const DataPlace& from, const DataPlace& to, Route& route) const;
  void between_nodes(const DataPlace& from, const DataPlace& to, Route& route) const;
  void to_nic(const DataPlace& place, int nic, bool outward, double share, Route& route) const;

private:
  double unscaled_capacity(ResourceId resource) const;
  double scale_of(ResourceKind of_kind) const;
  void add_pools();
  void add_fabric();
  void add_storage_fabric();
  bool plugged_in(std::size_t storage, ServerNetwork network) const;
  FabricHosts fabric_hosts(ServerNetwork network) const;
  std::unique_ptr<ServerWays> ways_to(std::size_t storage) const;
};

} // namespace iccsim::platform
