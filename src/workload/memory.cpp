#include "iccsim/workload/memory.hpp"

#include "iccsim/workload/schedule.hpp"
#include "workload/memory_parts.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>
#include <vector>

namespace iccsim::workload {

using scenario::Precision;
using scenario::PretrainingSpec;
using scenario::Recompute;
using scenario::Schedule;
using scenario::Sharding;

namespace {

/// Context of the runtime and its kernels: Hugging Face, "Model training anatomy": "the kernels alone take up 1.3GB".
constexpr double runtime_bytes = 1.3e9;

/// Bytes a parameter, Rajbhandari et al. 2020 (ZeRO), section 3.1: mixed precision keeps a 16-bit weight beside fp32
/// master, momentum and variance.
struct StateBytes {
  double weight;
  double gradient;
  double optimizer;
};

StateBytes state_bytes(const PretrainingSpec& spec) {
  const bool mixed = spec.precision != Precision::fp32 && spec.precision != Precision::tf32;
  if (!mixed) {
    return {4, 4, 8};
  }
  return {2, spec.software.fp32_gradients > 0 ? 4.0 : 2.0, 12};
}

void add_states(MemoryEstimate& estimate, const PretrainingSpec& spec, double parameters, double shard) {
  const StateBytes bytes = state_bytes(spec);
  const auto share = [&](Sharding from) { return spec.parallelism.sharding >= from ? shard : 1.0; };
  estimate.weights_bytes += parameters * bytes.weight / share(Sharding::parameters);
  estimate.gradients_bytes += parameters * bytes.gradient / share(Sharding::gradients);
  estimate.optimizer_bytes += parameters * bytes.optimizer / share(Sharding::optimizer);
}

/// The peak is in the first micro-batches, so a long step need not be written out.
int enough_microbatches(int microbatches, int pipeline) {
  return microbatches <= 4 * pipeline ? microbatches : 3 * pipeline + microbatches % pipeline;
}

double kept_activations(const PretrainingSpec& spec, const Plan& plan, int stage) {
  std::vector<double> by_chunk;
  double all = 0;
  for (int c = 0; c < plan.chunks(); ++c) {
    const Chunk& chunk = plan.chunk(stage, c);
    double bytes = chunk.embedding ? embedding_activation_bytes(spec) : 0;
    bytes += chunk.head ? head_activation_bytes(spec) : 0;
    for (int i = chunk.first_layer; i < chunk.first_layer + chunk.layers; ++i) {
      bytes += layer_activation_bytes(spec, i);
    }
    by_chunk.push_back(bytes);
    all += bytes;
  }
  const Schedule schedule = spec.parallelism.schedule;
  if (schedule == Schedule::gpipe) {
    return all * plan.microbatches();
  }
  const int microbatches = enough_microbatches(plan.microbatches(), plan.pipeline());
  return peak_kept_bytes(stage_schedule(schedule, stage, plan.pipeline(), plan.chunks(), microbatches), by_chunk);
}

/// ZeRO-3 gathers a layer's weights when it is at work, with its largest matrix ahead of time, and holds its gradients
/// until they are scattered.
double gathered_layer_bytes(const PretrainingSpec& spec, const Plan& plan, int index) {
  const StateBytes bytes = state_bytes(spec);
  const CardParameters layer = layer_on_card(spec, plan, index);
  const double largest_matrix =
      double(spec.model.hidden) * std::max(dense_ffn(spec.model), attention_widths(spec.model).query) / plan.tensor();
  return (layer.dense + layer.experts + largest_matrix) * bytes.weight;
}

/// What one layer needs while it computes, beyond what its forwards keep.
double layer_at_work_bytes(const PretrainingSpec& spec, const Plan& plan, int index) {
  double sum = 0;
  if (spec.recompute != Recompute::none) {
    sum += layer_working_bytes(spec, index) - layer_activation_bytes(spec, index);
  }
  if (spec.parallelism.sharding == Sharding::parameters && plan.shard() > 1) {
    sum += gathered_layer_bytes(spec, plan, index);
  }
  const double tokens_bytes = card_tokens(spec) * activation_element_bytes(spec.precision) * spec.model.hidden;
  if (spec.parallelism.sequence && plan.tensor() > 1) {
    sum += tokens_bytes; // all tokens of the tensor group, gathered
  }
  if (plan.expert() > 1 && is_moe_layer(spec.model, index)) {
    sum += tokens_bytes * spec.model.moe.top_k * plan.expert_tensor() / plan.tensor(); // the outgoing copies
  }
  return sum;
}

double workspace(const PretrainingSpec& spec, const Plan& plan, int stage) {
  double layer_bytes = 0;
  double logits_bytes = 0;
  for (int c = 0; c < plan.chunks(); ++c) {
    const Chunk& chunk = plan.chunk(stage, c);
    for (int i = chunk.first_layer; i < chunk.first_layer + chunk.layers; ++i) {
      layer_bytes = std::max(layer_bytes, layer_at_work_bytes(spec, plan, i));
    }
    if (chunk.head) { // the logits' gradient in the training precision
      logits_bytes =
          card_tokens(spec) * activation_element_bytes(spec.precision) * spec.model.vocabulary / plan.tensor();
    }
  }
  return runtime_bytes + std::max(layer_bytes, logits_bytes);
}

} // namespace

MemoryEstimate stage_memory(const PretrainingSpec& spec, const Plan& plan, int stage) {
  MemoryEstimate estimate;
  estimate.stage = stage;
  const CardParameters card = stage_on_card(spec, plan, stage);
  add_states(estimate, spec, card.dense, plan.shard());
  add_states(estimate, spec, card.experts, plan.expert_shard());
  estimate.activations_bytes = kept_activations(spec, plan, stage);
  estimate.workspace_bytes = workspace(spec, plan, stage);
  return estimate;
}

MemoryEstimate fullest_stage_memory(const PretrainingSpec& spec, const Plan& plan) {
  MemoryEstimate fullest = stage_memory(spec, plan, 0);
  for (int stage = 1; stage < plan.pipeline(); ++stage) {
    const MemoryEstimate estimate = stage_memory(spec, plan, stage);
    if (estimate.total() > fullest.total()) {
      fullest = estimate;
    }
  }
  return fullest;
}

} // namespace iccsim::workload
