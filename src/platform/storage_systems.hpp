// Storage systems as resources. Bytes are striped over all servers of a storage, so these are one: a server's figures
// times their number, exact as long as they stay alike.
#pragma once

#include "iccsim/platform/resource.hpp"
#include "iccsim/scenario/platform_spec.hpp"

#include <string>
#include <vector>

namespace iccsim::platform {

/// Whether a storage has servers to reach over a network.
bool has_servers(const scenario::StorageSpec& storage);

/// What a storage's servers are plugged into.
enum class ServerNetwork { compute, storage };
ServerNetwork server_network(const scenario::StorageSpec& storage, const scenario::PlatformSpec& platform);

/// no_resource_id where the scenario sets no limit.
struct StorageIds {
  ResourceId read = no_resource_id;
  ResourceId write = no_resource_id;
  ResourceId nic_out = no_resource_id;
  ResourceId nic_in = no_resource_id;
  ResourceId metadata = no_resource_id;
  ResourceId first_connections = no_resource_id; ///< one a node from here
};

class StorageSystems {
public:
  StorageSystems() = default;
  StorageSystems(const scenario::PlatformSpec& platform, std::uint32_t nodes, ResourceId base);

  const StorageIds& ids(int storage) const { return ids_[static_cast<std::size_t>(storage)]; }
  /// Bytes of connections that a byte takes: writes may go slower through as many.
  double connection_share(int storage, bool write) const;

  std::uint64_t end() const { return next_; }
  ResourceId base() const { return base_; }
  double capacity(ResourceId resource) const { return row(resource).capacity; }
  ResourceKind kind(ResourceId resource) const { return row(resource).kind; }
  /// `node_name` names a node by its number.
  template <typename NodeName> std::string name(ResourceId resource, NodeName node_name) const {
    const Row& found = row(resource);
    return found.per_node ? node_name(resource - found.first) + "/" + found.name : found.name;
  }

private:
  /// One resource, or one a node.
  struct Row {
    ResourceId first;
    bool per_node;
    ResourceKind kind;
    double capacity;
    std::string name;
  };
  const Row& row(ResourceId resource) const;
  ResourceId add(ResourceKind kind, double capacity, std::string name, std::uint32_t per_node = 0);
  void add_servers(const scenario::StorageSpec& storage, double nic_efficiency, StorageIds& ids);

  ResourceId base_ = 0;
  std::uint64_t next_ = 0;
  std::vector<Row> rows_;
  std::vector<StorageIds> ids_;
  std::vector<double> write_share_; ///< by storage
};

/// Bytes/s of one request after the other, each of `request_bytes`: latency, then bytes at `stream_bytes_per_s` (0: in
/// no time). 0 when nothing limits.
double request_rate(const scenario::StorageSpec& storage, double stream_bytes_per_s);

} // namespace iccsim::platform
