// What a job moved to and from storage, and how long it waited for it.
#pragma once

namespace iccsim::metrics {

/// Of one purpose: dataset, checkpoint, weights or KV. Bytes over all cards.
struct IoFigures {
  double bytes = 0;         ///< asked for by the job
  double storage_bytes = 0; ///< that storage servers (or drives) moved
  double cached_bytes = 0;  ///< that came out of a cache; storage_bytes + cached_bytes == bytes for reads
  double copied_bytes = 0;  ///< over PCIe between host and cards
  double stall_s = 0;       ///< mean over the job's cards: seconds that it waited
  double operations = 0;    ///< batches read, checkpoints written, replicas loaded
};

/// KV that one tier below device memory gave back and took in, bytes over all cards.
struct KvTierFigures {
  double read_bytes = 0, written_bytes = 0;
  double peak_bytes = 0; ///< that lay there at once; of a replica's own tiers: in the replica that had most
};

/// KV of a service on its way to tiers and back: offloaded prefixes, and swapped sequences in host memory.
struct KvIoFigures {
  KvTierFigures host, nvme, storage;
  double stall_s = 0; ///< mean over the job's cards: seconds with nothing to do until KV came from a tier
};

} // namespace iccsim::metrics
