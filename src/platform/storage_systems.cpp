#include "platform/storage_systems.hpp"

#include "platform/rails.hpp"

#include <algorithm>

namespace iccsim::platform {

using scenario::StorageKind;

bool has_servers(const scenario::StorageSpec& storage) {
  switch (storage.kind) {
  case StorageKind::parallel_fs:
  case StorageKind::object_store:
    return true;
  case StorageKind::local_nvme:
    return false;
  case StorageKind::tiered:
    return storage.cache == scenario::CacheMedium::servers;
  }
  return false;
}

ServerNetwork server_network(const scenario::StorageSpec& storage, const scenario::PlatformSpec& platform) {
  if (storage.network != scenario::StorageNetwork::automatic) {
    return storage.network == scenario::StorageNetwork::storage ? ServerNetwork::storage : ServerNetwork::compute;
  }
  const bool own_nics = std::any_of(platform.pools.begin(), platform.pools.end(),
                                    [](const auto& pool) { return !storage_nics(pool.node).empty(); });
  return own_nics ? ServerNetwork::storage : ServerNetwork::compute;
}

double request_rate(const scenario::StorageSpec& storage, double stream_bytes_per_s) {
  const double bytes_s = stream_bytes_per_s > 0 ? storage.request_bytes / stream_bytes_per_s : 0;
  const double request_s = storage.latency_s + bytes_s;
  return request_s > 0 ? storage.request_bytes / request_s : 0;
}

StorageSystems::StorageSystems(const scenario::PlatformSpec& platform, std::uint32_t nodes, ResourceId base)
    : base_(base), next_(base) {
  const double on_compute = platform.fabric.efficiency;
  const double on_storage = platform.storage_fabric ? platform.storage_fabric->efficiency : on_compute;
  for (const scenario::StorageSpec& storage : platform.storage) {
    StorageIds& ids = ids_.emplace_back();
    if (has_servers(storage)) {
      const bool own = server_network(storage, platform) == ServerNetwork::storage;
      add_servers(storage, own ? on_storage : on_compute, ids);
    }
    ids.metadata = add(ResourceKind::storage_metadata, storage.metadata_per_s, storage.name + "/metadata");
    const double read = request_rate(storage, storage.stream_read_bytes_per_s);
    const double write = request_rate(storage, storage.stream_write_bytes_per_s);
    ids.first_connections =
        add(ResourceKind::storage_connections, storage.connections * read, storage.name + "/connections", nodes);
    write_share_.push_back(read > 0 && write > 0 ? read / write : 1);
  }
}

void StorageSystems::add_servers(const scenario::StorageSpec& storage, double nic_efficiency, StorageIds& ids) {
  const double n = storage.servers;
  const std::string name = storage.name + "/servers";
  ids.read = add(ResourceKind::storage_media, n * storage.read_bytes_per_s, name + "/read");
  ids.write = add(ResourceKind::storage_media, n * storage.write_bytes_per_s, name + "/write");
  const double nics = n * storage.nics * storage.nic_bytes_per_s * nic_efficiency;
  ids.nic_out = add(ResourceKind::storage_nic, nics, name + "/nic/out");
  ids.nic_in = add(ResourceKind::storage_nic, nics, name + "/nic/in");
}

ResourceId StorageSystems::add(ResourceKind kind, double capacity, std::string name, std::uint32_t per_node) {
  if (!(capacity > 0)) {
    return no_resource_id;
  }
  const auto first = static_cast<ResourceId>(next_);
  rows_.push_back({first, per_node > 0, kind, capacity, std::move(name)});
  next_ += std::max(1U, per_node);
  return first;
}

const StorageSystems::Row& StorageSystems::row(ResourceId resource) const {
  const auto after = std::upper_bound(rows_.begin(), rows_.end(), resource,
                                      [](ResourceId wanted, const Row& row) { return wanted < row.first; });
  return *(after - 1);
}

double StorageSystems::connection_share(int storage, bool write) const {
  return write ? write_share_[static_cast<std::size_t>(storage)] : 1;
}

} // namespace iccsim::platform
