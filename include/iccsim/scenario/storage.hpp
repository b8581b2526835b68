// Storage systems: what holds datasets, checkpoints and weights, and how clients reach it.
#pragma once

#include "iccsim/enum_table.hpp"

#include <string>

namespace iccsim::scenario {

enum class StorageKind { parallel_fs, object_store, local_nvme, tiered };

/// Which network the servers are plugged into.
enum class StorageNetwork { automatic, compute, storage };

/// What a tiered storage caches in.
enum class CacheMedium { nvme, host_memory, servers };

/// Storage servers; figures are per server unless said otherwise. Rates are payload bytes/s, 0 sets no limit.
struct StorageSpec {
  std::string name;
  StorageKind kind = StorageKind::parallel_fs; ///< `type`
  int servers = 1;
  double read_bytes_per_s = 0;  ///< `read`: media
  double write_bytes_per_s = 0; ///< `write`: media
  int nics = 1;
  double nic_bytes_per_s = 0;          ///< `nic`: one NIC, each direction apart
  double stream_read_bytes_per_s = 0;  ///< `stream_read`: most that one client stream (a reader process) gets
  double stream_write_bytes_per_s = 0; ///< `stream_write`
  double latency_s = 0;                ///< `latency`: of a request, until its first byte
  double metadata_per_s = 0;           ///< `metadata_rate`: files opened or created per second, all servers together
  int stripe_servers = 0;              ///< `stripe_servers`: servers that one file lies on; 0: all
  double request_bytes = 8 << 20;      ///< `request`: bytes of one request; each pays the latency
  int connections = 0;                 ///< `connections`: requests in flight of one client node (object stores); 0: any
  StorageNetwork network = StorageNetwork::automatic; ///< automatic: storage NICs where nodes have them, else compute
  bool gpu_direct = false; ///< `gpu_direct`: bytes pass between NIC (or drive) and card without host memory
  // tiered
  std::string behind;                    ///< `behind`: the storage that misses go to
  CacheMedium cache = CacheMedium::nvme; ///< `cache`
  double cache_bytes = 0;                ///< `cache_capacity`: of a node, or of a server; 0: all of the drives
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::StorageKind> {
  using K = scenario::StorageKind;
  static constexpr EnumRow<K> rows[] = {
      {K::parallel_fs, "parallel_fs", "files striped over servers"},
      {K::object_store, "object_store", "requests with latency to servers"},
      {K::local_nvme, "local_nvme", "the drives of each node"},
      {K::tiered, "tiered", "a cache in front of another storage"},
  };
};
template <> struct EnumTable<scenario::StorageNetwork> {
  using K = scenario::StorageNetwork;
  static constexpr EnumRow<K> rows[] = {
      {K::automatic, "auto", "the nodes' storage NICs where they have some, else the compute fabric"},
      {K::compute, "compute", "the compute fabric, through the rails"},
      {K::storage, "storage", "a fabric of its own, through the nodes' storage NICs"},
  };
};
template <> struct EnumTable<scenario::CacheMedium> {
  using K = scenario::CacheMedium;
  static constexpr EnumRow<K> rows[] = {
      {K::nvme, "nvme", "the drives of each node"},
      {K::host_memory, "host_memory", "memory of each node"},
      {K::servers, "servers", "cache servers on the storage network, shared by all nodes"},
  };
};
} // namespace iccsim
