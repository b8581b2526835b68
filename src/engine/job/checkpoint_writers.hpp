// Who writes a checkpoint, and how much.
#pragma once

#include "engine/job/job.hpp"
#include "iccsim/workload/plan.hpp"

#include <vector>

namespace iccsim::engine {

/// Cards that write as many bytes each.
struct WriterGroup {
  std::vector<platform::CardId> cards;
  double bytes_each = 0;
};

/// Bytes that a parameter takes in a checkpoint: its weight and the optimizer's states (BLOOM's 2.3 TB of 176 B
/// parameters: a 16-bit weight, fp32 master weight and two moments, 14 bytes; BigScience, arXiv 2211.05100, 3.4).
double checkpoint_bytes_per_parameter(scenario::Precision precision);

/// Of a transformer: pipeline stages write what they hold, so those with embeddings more than others; stages that hold
/// within a percent of one another are taken as one. `rank0`: of every stage the first tensor-parallel group, or the
/// first group of experts, writes for all.
std::vector<WriterGroup> checkpoint_writers(const scenario::PretrainingSpec& spec, const workload::Plan& plan,
                                            const scenario::CheckpointSpec& checkpoint, const Placement& placement);

/// Of data-parallel training: every card a share, or the first card all of it.
std::vector<WriterGroup> checkpoint_writers(const scenario::CheckpointSpec& checkpoint, const Placement& placement);

} // namespace iccsim::engine
