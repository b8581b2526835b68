// Resources and routes: what transfers share.
#pragma once

#include "iccsim/enum_table.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace iccsim::platform {

using ResourceId = std::uint32_t; ///< dense, 0 .. resource_count-1
using CardId = std::uint32_t;     ///< global, 0 .. cards-1, pool by pool, node by node
using NodeId = std::uint32_t;     ///< global, pool by pool

enum class ResourceKind {
  scale_up_out,  ///< a card's scale-up lanes towards the switch
  scale_up_in,   ///< a card's scale-up lanes from the switch
  scale_up_link, ///< one direction of a direct link between two cards
  pcie_slot,     ///< one direction of a device's PCIe lanes
  pcie_uplink,   ///< one direction between a PCIe switch and its root port
  socket_link,   ///< one direction between two sockets
  host_memory,   ///< a socket's memory, reads and writes together
  cpu,           ///< a socket's cores; the capacity counts cores, not bytes/s
  nvme,          ///< a drive's reads or writes
  nic_out,
  nic_in,
  leaf_up,     ///< leaf to spine
  leaf_down,   ///< spine to leaf
  spine_up,    ///< spines of a pod to the core
  spine_down,  ///< core to the spines of a pod
  fabric_link, ///< torus, dragonfly and full-mesh links
  storage_nic,
  storage_media,
  storage_metadata,    ///< of a storage; the capacity counts files opened or created per second
  storage_connections, ///< what a node's requests in flight to a storage can carry
  streams              ///< what the streams or worker processes of clients can take at most; no part of the cluster
};

constexpr ResourceId no_resource_id = ~ResourceId{0};

/// How many times as fast all resources of a kind are: what a different part would bring. Kinds not named stay.
using ResourceScale = std::map<ResourceKind, double>;

/// `share` of a flow's bytes crosses the resource (ECMP spreads a flow: shares below 1).
struct ResourceUse {
  ResourceId resource;
  double share;
};

struct ResourceTraits {
  ResourceKind kind;
  double capacity; ///< as Cluster::capacity()
};

/// Resources of like nodes, node by node.
struct NodeResources {
  ResourceId first = 0;
  ResourceId per_node = 0;
  NodeId nodes = 0;
};

/// The way of one flow.
struct Route {
  std::vector<ResourceUse> uses;
  double latency_s = 0;   ///< one way, first byte
  bool scale_out = false; ///< between cards: through NICs
};

enum class DeviceKind { card, nic, nvme, host_memory };

/// Where data lie.
enum class DataEnd {
  card,        ///< its memory
  host_memory, ///< of the card's socket
  drives,      ///< of the card's node, all of them, striped
  storage      ///< the servers of a storage, all of them, striped
};

struct DataPlace {
  DataEnd end = DataEnd::host_memory;
  CardId card = 0; ///< ends in a node
  int storage = 0; ///< end `storage`: its place in PlatformSpec::storage
};

/// A device inside one node: `index` counts devices of its kind (host memory: the socket).
struct Device {
  DeviceKind kind;
  int index;
};

} // namespace iccsim::platform

namespace iccsim {
template <> struct EnumTable<platform::ResourceKind> {
  using K = platform::ResourceKind;
  static constexpr EnumRow<K> rows[] = {
      {K::scale_up_out, "scale_up_out", "a card's scale-up lanes, outwards"},
      {K::scale_up_in, "scale_up_in", "a card's scale-up lanes, inwards"},
      {K::scale_up_link, "scale_up_link", "a direct scale-up link, one direction"},
      {K::pcie_slot, "pcie_slot", "a device's PCIe lanes, one direction"},
      {K::pcie_uplink, "pcie_uplink", "a PCIe switch's root port, one direction"},
      {K::socket_link, "socket_link", "between two CPU sockets, one direction"},
      {K::host_memory, "host_memory", "a socket's memory bandwidth"},
      {K::cpu, "cpu", "a socket's cores"},
      {K::nvme, "nvme", "a local drive"},
      {K::nic_out, "nic_out", "a NIC, sending"},
      {K::nic_in, "nic_in", "a NIC, receiving"},
      {K::leaf_up, "leaf_up", "from a leaf switch to the spines"},
      {K::leaf_down, "leaf_down", "from the spines to a leaf switch"},
      {K::spine_up, "spine_up", "from a pod's spines to the core"},
      {K::spine_down, "spine_down", "from the core to a pod's spines"},
      {K::fabric_link, "fabric_link", "a torus, dragonfly or full-mesh link"},
      {K::storage_nic, "storage_nic", "a storage server's NIC"},
      {K::storage_media, "storage_media", "a storage server's media"},
      {K::storage_metadata, "storage_metadata", "files opened per second"},
      {K::storage_connections, "storage_connections", "a node's requests in flight to a storage"},
      {K::streams, "streams", "what the streams or workers of clients can take"},
  };
};
} // namespace iccsim
