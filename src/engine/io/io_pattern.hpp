// What clients of an I/O service ask for: who reads or writes, where the other end lies, and in what portions.
#pragma once

#include "iccsim/platform/resource.hpp"
#include "iccsim/scenario/input.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace iccsim::engine {

enum class IoPurpose { dataset, checkpoint, weights, kv };
inline constexpr int io_purposes = 4;

/// Whose bytes they are: `job` is its index in the scenario.
struct IoAccount {
  std::uint32_t job = 0;
  IoPurpose purpose = IoPurpose::dataset;
};

/// Read: towards the clients.
enum class IoDirection { read, write };

/// Where the clients' end of the bytes lies. Host memory: of the card's socket.
enum class IoBuffer { host_memory, card };

/// Where the other end lies.
enum class IoTier {
  storage,     ///< a storage system of the platform, by name
  nvme,        ///< all drives of the client's node, striped
  host_memory, ///< of the client's node: with IoBuffer::card these are the copies over PCIe, H2D (read) and D2H (write)
  peer         ///< host memory of another node, over the compute fabric
};

/// Alike for all clients: each moves as many bytes in every start().
struct IoPattern {
  IoTier tier = IoTier::storage;
  std::string storage; ///< of tier `storage`
  IoDirection direction = IoDirection::read;
  /// With `card`, the way leads over host memory unless the storage says `gpu_direct` (drives: `direct` below).
  IoBuffer buffer = IoBuffer::host_memory;
  std::vector<platform::CardId> clients; ///< one entry a client; several may name one card
  std::vector<platform::CardId> peers; ///< of tier `peer`, one a client; empty: the next node of the clients, in a ring
  double streams = 1;                  ///< of one client: reader processes, files in flight
  double bytes_per_file = 0;           ///< one file opened or created per so many bytes; 0: none
  bool direct = false;                 ///< tier `nvme`: between drive and card without host memory

  // What caches make of reads. The service counts what was read since add() to know the epoch.
  double dataset_bytes = 0; ///< of all clients' data together; 0: nothing is read twice
  scenario::SampleOrder order = scenario::SampleOrder::shuffled;
  bool page_cache = false; ///< free host memory of the clients' nodes keeps what was read
};

} // namespace iccsim::engine
