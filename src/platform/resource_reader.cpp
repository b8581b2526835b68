#include "iccsim/platform/resource_reader.hpp"

#include "platform/cluster_parts.hpp"

namespace iccsim::platform {

ResourceTraits ResourceReader::seek(ResourceId resource) {
  const Cluster::Parts& parts = *cluster_->parts_;
  if (parts.on_storage(resource) || parts.fabric_of(resource) != nullptr) {
    return {parts.kind(resource), parts.capacity(resource)};
  }
  const Pool& pool = parts.pool_of_resource(resource);
  table_ = pool.traits.data();
  size_ = static_cast<ResourceId>(pool.traits.size());
  first_ = resource - (resource - pool.first_resource) % size_;
  return table_[resource - first_];
}

} // namespace iccsim::platform
