// What a job moved to and from storage, and how long it waited for it.
#pragma once

namespace iccsim::metrics {

/// Of one purpose: dataset, checkpoint or weights. Bytes over all cards.
struct IoFigures {
  double bytes = 0;         ///< asked for by the job
  double storage_bytes = 0; ///< that storage servers (or drives) moved
  double cached_bytes = 0;  ///< that came out of a cache; storage_bytes + cached_bytes == bytes for reads
  double copied_bytes = 0;  ///< over PCIe between host and cards
  double stall_s = 0;       ///< mean over the job's cards: seconds that it waited
  double operations = 0;    ///< batches read, checkpoints written, replicas loaded
};

} // namespace iccsim::metrics
