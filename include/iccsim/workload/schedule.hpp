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
};

/// The tasks of pipeline rank `stage` in order. Chunk c of stage s is virtual stage c * pipeline + s (dualpipe: chunk 0
/// is virtual stage s of the forward direction, chunk 1 virtual stage pipeline - 1 - s of the other direction, whose
/// micro-batches are the second half).
std::vector<ScheduledTask> stage_schedule(scenario::Schedule schedule, int stage, int pipeline, int chunks,
                                          int microbatches);

} // namespace iccsim::workload
