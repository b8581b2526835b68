// Kinds and capacities of many resources.
#pragma once

#include "iccsim/platform/cluster.hpp"

#include <cstdint>

namespace iccsim::platform {

/// As Cluster::kind() and Cluster::capacity(). Remembers the node of the last question, so that asking in ascending
/// order, or for neighbours, costs an index.
class ResourceReader {
public:
  /// The cluster must outlive it.
  explicit ResourceReader(const Cluster& cluster) : cluster_(&cluster) {}

  ResourceTraits read(ResourceId resource) {
    const ResourceId offset = resource - first_;
    return offset < size_ ? table_[offset] : seek(resource);
  }

private:
  ResourceTraits seek(ResourceId resource);

  const Cluster* cluster_;
  const ResourceTraits* table_ = nullptr; ///< of the node's type
  ResourceId first_ = 0;                  ///< of the node
  ResourceId size_ = 0;
};

} // namespace iccsim::platform
