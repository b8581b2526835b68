// The built cluster: nodes with their inner graph, the fabric, and the routes between cards.
//
// Resource ids are arithmetic (node base + local index), so ten thousand nodes cost no more memory
// than their type does. Boost.Graph finds the routes of each node type and of the fabric once.
#pragma once

#include "iccsim/platform/resource.hpp"
#include "iccsim/scenario/platform_spec.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace iccsim::platform {

/// How a flow leaves its card.
enum class Transport {
  fastest,   ///< scale-up inside a domain, else the fabric
  scale_out, ///< the fabric, through the card's own rail (GPUDirect RDMA)
};

class Cluster {
public:
  /// Throws std::invalid_argument with a sentence for a user when the spec cannot be built
  /// (a torus whose size is not the node count, a rail fabric over nodes without NICs, ...).
  explicit Cluster(const scenario::PlatformSpec& spec, const ResourceScale& scale = {});
  ~Cluster();
  Cluster(Cluster&&) noexcept;

  std::uint32_t cards() const;
  std::uint32_t nodes() const;
  NodeId node_of(CardId card) const;
  int local_index(CardId card) const; ///< position in its node
  CardId first_card(NodeId node) const;
  const scenario::NodeSpec& node_spec(NodeId node) const;
  int pool_of(NodeId node) const;
  /// Cards with the same number share a scale-up domain; without scale-up every card has its own.
  std::uint32_t scale_up_domain(CardId card) const;
  /// Nodes with the same number share their leaf switches (of every rail): what packing packs.
  std::uint32_t leaf_group(NodeId node) const;
  int rails(NodeId node) const; ///< NICs of the compute fabric

  ResourceId resource_count() const;
  /// The resources of nodes, pool by pool: they come first, and the rest of the cluster's after them.
  std::vector<NodeResources> node_resources() const;
  double capacity(ResourceId resource) const; ///< payload bytes/s (line rate x efficiency); cpu: cores; files/s
  ResourceKind kind(ResourceId resource) const;
  std::string resource_name(ResourceId resource) const; ///< gpu-17/nic3/out, leaf-2/up, pfs/servers/read

  /// The way from `from` to `to`; a card to itself has none. Without a fabric (one node, or one scale-up domain
  /// that holds every card) `scale_out` takes the scale-up links too. Under `fastest`, cards of one node without
  /// scale-up between them meet over PCIe, and a rail fabric is entered on the destination's rail. `flow` picks the
  /// path when the fabric hashes. `route` is overwritten.
  void route(CardId from, CardId to, Transport transport, std::uint64_t flow, Route& route) const;
  /// The way between two devices of one node through PCIe, sockets and host memory. `route` is overwritten.
  void local_route(NodeId node, Device from, Device to, Route& route) const;
  /// The way of data between two places, through NICs, PCIe, sockets and host memory; one of them at most is a storage.
  /// Between a card and a storage or drives it leads over host memory, except when `direct` (GPUDirect storage). A node
  /// reaches a storage through the NICs nearest to the card: those with `use: storage`, where the storage is plugged
  /// into a fabric of its own, else those of the compute fabric. Bytes spread evenly over servers and drives; a
  /// storage's own latency is counted. Throws std::invalid_argument when a node has no drives. `route` is overwritten.
  void data_route(const DataPlace& from, const DataPlace& to, bool direct, Route& route) const;
  /// The cores of the card's node, each socket with the share of work that it gets. Empty when they are not known.
  void cores(CardId card, std::vector<ResourceUse>& uses) const;
  /// Files opened per second at a storage; no_resource_id when it sets no limit.
  ResourceId metadata(int storage) const;
  /// Whether switches of the scale-up domain / of the fabric can reduce in flight.
  bool scale_up_reduces(CardId card) const;
  bool fabric_reduces() const;

private:
  friend class ResourceReader;
  friend class RouteMemo;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace iccsim::platform
