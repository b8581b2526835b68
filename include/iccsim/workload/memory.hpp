// Bytes on a card by part.
#pragma once

#include "iccsim/scenario/chip.hpp"
#include "iccsim/workload/plan.hpp"

#include <string>

namespace iccsim::workload {

struct MemoryEstimate {
  double weights_bytes = 0;
  double gradients_bytes = 0;
  double optimizer_bytes = 0;
  double activations_bytes = 0; ///< kept for backwards, all micro-batches in flight
  double workspace_bytes = 0;   ///< the layer at work, communication buffers, context of the runtime
  int stage = 0;                ///< the pipeline rank it belongs to
  double total() const {
    return weights_bytes + gradients_bytes + optimizer_bytes + activations_bytes + workspace_bytes;
  }
};

/// One pipeline rank. Sources: Korthikanti et al. 2022 (activations), Rajbhandari et al. 2020 (sharding).
MemoryEstimate stage_memory(const scenario::PretrainingSpec& spec, const Plan& plan, int stage);
/// The fullest pipeline rank.
MemoryEstimate fullest_stage_memory(const scenario::PretrainingSpec& spec, const Plan& plan);

/// What the forward of one micro-batch through layer `index` keeps on a card until its backward, in bytes. Selective
/// recomputation drops the scores (Korthikanti et al. 2022); where a fused kernel keeps none anyway, the outputs of
/// norms and activation functions (torchtitan, Megatron-Core's recompute modules); of MLA also the up-projections, and
/// 8-bit inputs of the activation function are enough (DeepSeek-V3, arXiv 2412.19437, sections 3.2.3 and 3.3.3).
double layer_activation_bytes(const scenario::PretrainingSpec& spec, int index);
/// The same for the final norm and the logits, and for the embedding.
double head_activation_bytes(const scenario::PretrainingSpec& spec);
double embedding_activation_bytes(const scenario::PretrainingSpec& spec);

/// A sentence for a user when the estimate exceeds `capacity_bytes`: by how much, and what would make it fit
/// (recomputation, sequence parallelism, sharding, smaller micro-batch, more TP or PP), each remedy tried; "" when it
/// fits, and when plan_problem has something to say.
std::string explain_misfit(const scenario::PretrainingSpec& spec, int cards, double capacity_bytes);

} // namespace iccsim::workload
