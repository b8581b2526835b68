// What one pass of one micro-batch through one chunk costs a card, and what it communicates.
#pragma once

#include "iccsim/workload/layer_operations.hpp"
#include "iccsim/workload/step_program.hpp"

namespace iccsim::workload {

/// Costs of one chunk by pass.
struct ChunkCost {
  TaskCost forward;
  TaskCost backward; ///< both halves, with recomputation
  TaskCost backward_input;
  TaskCost backward_weight;
};

/// Parameters of a chunk that one card holds before ZeRO cuts them.
struct ChunkParameters {
  double dense = 0;
  double experts = 0;
};

class ChunkCoster {
public:
  ChunkCoster(const scenario::PretrainingSpec& spec, const Plan& plan, const CostModel& costs,
              double expert_domains = 1);
  ChunkCost cost(const Chunk& chunk) const;
  ChunkParameters parameters(const Chunk& chunk) const;
  const LayerCut& cut() const { return cut_; }

private:
  void add_layer(ChunkCost& chunk, bool moe, double layers) const;
  void add_part(ChunkCost& chunk, const PartOperations& part, double times, bool recompute_all) const;
  void add_tensor_calls(ChunkCost& chunk, double layers) const;
  void add_context_calls(ChunkCost& chunk, double layers) const;
  void add_expert_calls(ChunkCost& chunk, double layers) const;
  void add_host_work(ChunkCost& chunk, double layers) const;
  void add_parameter_calls(ChunkCost& chunk, const Chunk& layers) const;

  const scenario::PretrainingSpec& spec_;
  const Plan& plan_;
  const CostModel& costs_;
  double expert_domains_; ///< scale-up domains of an expert-parallel group
  LayerCut cut_;
};

} // namespace iccsim::workload
