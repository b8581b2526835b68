// Pipeline schedules: in which order a pipeline rank computes.
#pragma once

#include "iccsim/scenario/job.hpp"

#include <vector>

namespace iccsim::workload {

enum class Pass { forward, backward, backward_input, backward_weight };

/// `backward` is input and weight gradients together; zb_h1 and dualpipe use the two halves.
struct ScheduledTask {
  Pass pass = Pass::forward;
  int chunk = 0;      ///< of this pipeline rank
  int microbatch = 0; ///< 0 .. microbatches-1
  /// dualpipe: runs in lockstep with the next task of the order (a forward and a backward of the two directions), so
  /// that the communication of each is beneath the compute of the other.
  bool paired_with_next = false;
};

/// The tasks of pipeline rank `stage` in order. Chunk c of stage s is virtual stage c * pipeline + s (dualpipe: chunk 0
/// is virtual stage s of the forward direction, chunk 1 virtual stage pipeline - 1 - s of the other direction, whose
/// micro-batches are the second half; an even pipeline, an even number of micro-batches, at least 2 x pipeline).
/// gpipe takes any chunks (all forwards of a chunk, then of the next); 1f1b with several chunks is interleaved; zb_h1
/// has one chunk.
std::vector<ScheduledTask> stage_schedule(scenario::Schedule schedule, int stage, int pipeline, int chunks,
                                          int microbatches);

/// Forwards whose activations `stage` holds at once, at most: from a forward until its backward (until its weight
/// gradients where the two halves are apart). Counted in micro-batches of one chunk.
int peak_in_flight(scenario::Schedule schedule, int stage, int pipeline, int chunks, int microbatches);

/// The same weighed by what a forward of each chunk keeps, in bytes.
double peak_kept_bytes(const std::vector<ScheduledTask>& order, const std::vector<double>& bytes_by_chunk);

} // namespace iccsim::workload
