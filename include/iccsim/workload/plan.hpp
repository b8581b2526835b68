// A parallel plan resolved for a job: degrees, micro-batches, which layers are where, who talks to whom.
#pragma once

#include "iccsim/enum_table.hpp"
#include "iccsim/scenario/diagnostics.hpp"
#include "iccsim/scenario/job.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace iccsim::workload {

/// Who talks to whom. `shard` and `replica` split `data` when sharding is hybrid: ranks of a shard group hold one copy
/// of the sharded states together, ranks of a replica group hold the same piece; likewise `expert_shard` and
/// `expert_replica` split `expert_data`.
enum class Communicator {
  tensor,
  context,
  expert,
  pipeline,
  data, ///< ranks that hold the same dense weights: data x context
  expert_data,
  expert_tensor,
  shard,
  replica,
  expert_shard,
  expert_replica,
  embedding ///< first and last stage, for tied embeddings
};

/// Layers [first, first + count) of the model; a chunk is one virtual stage.
struct Chunk {
  int first_layer = 0;
  int layers = 0;
  bool embedding = false;
  bool head = false;
};

/// Why `spec` cannot run on `cards` (a degree that does not divide, a pipeline deeper than the layers, ...), as a
/// sentence for a user; "" when a Plan can be made.
std::string plan_problem(const scenario::PretrainingSpec& spec, int cards);

/// Groups of equally many ranks at regular distances.
struct RankGroups {
  int base = 0;
  int count = 0;      ///< groups
  int size = 0;       ///< ranks of one
  int stride = 0;     ///< from rank to rank
  int neighbours = 1; ///< groups whose first ranks follow one another
  int next_block = 0; ///< from those to the next

  int rank(int group, int i) const { return base + group / neighbours * next_block + group % neighbours + i * stride; }
};

class Plan {
public:
  /// Precondition: plan_problem(spec, cards) is empty.
  Plan(const scenario::PretrainingSpec& spec, int cards);

  int cards() const { return cards_; }
  int tensor() const { return spec_.parallelism.tensor; }
  int pipeline() const { return spec_.parallelism.pipeline; }
  int chunks() const { return static_cast<int>(chunks_.front().size()); } ///< per pipeline rank; dualpipe: 2
  int context() const { return spec_.parallelism.context; }
  int data() const; ///< cards / (tensor * pipeline * context)
  int expert() const { return spec_.parallelism.expert; }
  int expert_tensor() const; ///< TP inside experts
  int expert_data() const;   ///< data-parallel degree of the routed experts
  int shard() const;         ///< ranks over which `sharding` splits dense states; 1 without sharding
  int expert_shard() const;  ///< the same for routed experts
  int microbatches() const;  ///< per pipeline and step
  int stage_ranks() const { return tensor() * context() * data(); } ///< ranks of one pipeline stage
  /// Chunk `chunk` of pipeline rank `stage`.
  const Chunk& chunk(int stage, int chunk) const;
  /// One line: "TP 8 x PP 16 x DP 80, 1f1b".
  std::string describe() const;

  /// Rank order is Megatron-LM's default, "tp-cp-ep-dp-pp": tensor fastest, then context, data, pipeline. Experts
  /// are spread over the consecutive ranks of a stage: tensor inside experts fastest, then expert.
  int stage_of(int rank) const { return rank / stage_ranks(); }
  /// All groups of `communicator` on `stage` (each a list of ranks, in ring order). For `pipeline`: the pairs
  /// (rank on `stage`, its successor on the next stage, wrapping from the last to stage 0). For `embedding`: the
  /// pairs (rank on the first stage, rank on the last), whatever `stage` is; none with one stage.
  std::vector<std::vector<int>> groups(Communicator communicator, int stage) const;
  /// The same, not written out.
  RankGroups rank_groups(Communicator communicator, int stage) const;

private:
  scenario::PretrainingSpec spec_; // shapes and degrees only
  int cards_ = 0;
  std::vector<std::vector<Chunk>> chunks_;
};

} // namespace iccsim::workload

namespace iccsim {
template <> struct EnumTable<workload::Communicator> {
  using C = workload::Communicator;
  static constexpr EnumRow<C> rows[] = {
      {C::tensor, "tensor", "shares of each matrix"},
      {C::context, "context", "shares of each sequence"},
      {C::expert, "expert", "shares of the experts of a layer"},
      {C::pipeline, "pipeline", "a stage and its successor"},
      {C::data, "data", "the same dense weights"},
      {C::expert_data, "expert_data", "the same experts"},
      {C::expert_tensor, "expert_tensor", "shares of each expert's matrices"},
      {C::shard, "shard", "one copy of the sharded dense states"},
      {C::replica, "replica", "the same piece of the sharded dense states"},
      {C::expert_shard, "expert_shard", "one copy of the sharded expert states"},
      {C::expert_replica, "expert_replica", "the same piece of the sharded expert states"},
      {C::embedding, "embedding", "the two copies of a tied embedding"},
  };
};
} // namespace iccsim
