// A parallel plan resolved for a job: degrees, micro-batches, which layers are where, who talks to whom.
#pragma once

#include "iccsim/enum_table.hpp"
#include "iccsim/scenario/diagnostics.hpp"
#include "iccsim/scenario/job.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace iccsim::workload {

enum class Communicator { tensor, context, expert, pipeline, data, expert_data };

/// Layers [first, first + count) of the model; a chunk is one virtual stage.
struct Chunk {
  int first_layer = 0;
  int layers = 0;
  bool embedding = false;
  bool head = false;
};

class Plan {
public:
  /// `job.what` must be pretraining; divisibility has been checked by the scenario layer.
  Plan(const scenario::PretrainingSpec& spec, int cards);

  int cards() const;
  int tensor() const;
  int pipeline() const;
  int chunks() const; ///< per pipeline rank
  int context() const;
  int data() const;   ///< cards / (tensor * pipeline * context)
  int expert() const;
  int expert_data() const; ///< data-parallel degree of the routed experts
  int microbatches() const; ///< per pipeline and step
  /// Chunk `chunk` of pipeline rank `stage`.
  const Chunk& chunk(int stage, int chunk) const;

  /// Rank order is Megatron-LM's default: tensor fastest, then context, data, pipeline ("tp-cp-ep-dp-pp");
  /// expert groups are inside data (x context) ranks.
  int stage_of(int rank) const;
  /// All groups of `communicator` on `stage` (each a list of ranks, in ring order). For `pipeline`: the pairs
  /// (rank on `stage`, its successor on the next stage, wrapping from the last to stage 0).
  std::vector<std::vector<int>> groups(Communicator communicator, int stage) const;

private:
  scenario::PretrainingSpec spec_; // shapes and degrees only
  int cards_ = 0;
  std::vector<std::vector<Chunk>> chunks_;
};

} // namespace iccsim::workload
