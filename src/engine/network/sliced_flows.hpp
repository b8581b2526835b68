// A bundle's resources node by node, and those that belong to no node.
#pragma once

#include "iccsim/workload/resource_flows.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace iccsim::engine {

/// Resources of nodes come first, pool by pool; what lies beyond them is of switches, storage and whatever else.
class NodeLayout {
public:
  NodeLayout() = default;
  explicit NodeLayout(std::vector<platform::NodeResources> pools);

  const std::vector<platform::NodeResources>& pools() const { return pools_; }
  platform::NodeId nodes() const { return nodes_; }
  /// The first resource of no node.
  platform::ResourceId beyond() const { return beyond_; }

  struct Place {
    platform::NodeId node = 0; ///< counted over all pools
    platform::ResourceId local = 0;
    std::size_t pool = 0;
  };
  /// Of a resource below beyond().
  Place place(platform::ResourceId resource) const;
  platform::ResourceId first_resource(platform::NodeId node) const;

private:
  std::vector<platform::NodeResources> pools_;
  std::vector<platform::NodeId> first_node_; ///< by pool
  platform::NodeId nodes_ = 0;
  platform::ResourceId beyond_ = 0;
};

struct SlicedFlows {
  /// Nodes one after another with equal flows on their resources.
  struct Slice {
    platform::NodeId node;
    platform::NodeId nodes;
    std::size_t begin; ///< in `local`; slices that begin at one place are equal
    std::size_t end;
  };
  std::vector<workload::ResourceFlows> local; ///< counted from a node's first resource
  std::vector<Slice> slices;
  std::vector<workload::ResourceFlows> beyond;

  /// Throws metrics::InternalError when the list is not sorted and merged.
  SlicedFlows(const workload::ResourceFlowList& list, const NodeLayout& layout);

private:
  void add_run(const workload::ResourceFlowList& list, const workload::ResourceFlowList::Run& run,
               const NodeLayout& layout);
  void add_plain(const workload::ResourceFlowList& list, const workload::ResourceFlowList::Run& run,
                 const NodeLayout& layout);
  void close_node();

  platform::NodeId open_node_ = 0; ///< whose entries are being read one by one
  std::size_t open_begin_ = 0;     ///< local.size() when there is none
};

} // namespace iccsim::engine
