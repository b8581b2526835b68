#include "chunk_cost.hpp"

#include "iccsim/workload/transformer.hpp"
#include "workload/expert_reach.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>

namespace iccsim::workload {

namespace {

using scenario::CollectiveOperation;
using scenario::Recompute;
using scenario::Sharding;

constexpr double sixteen_bit_bytes = 2;

LayerCut make_cut(const scenario::PretrainingSpec& spec, const Plan& plan) {
  LayerCut cut;
  cut.micro = spec.batch.micro;
  cut.sequence = spec.batch.sequence;
  cut.tensor = plan.tensor();
  cut.context = plan.context();
  cut.expert = plan.expert();
  cut.expert_tensor = plan.expert_tensor();
  cut.sequence_parallel = spec.parallelism.sequence && plan.tensor() > 1;
  cut.fp8 = scenario::bytes_per_element(spec.precision) <= 1;
  cut.gradient_bytes = spec.software.fp32_gradients > 0 ? 4 : 2;
  return cut;
}

void add_call(std::vector<CommCall>& calls, const CommCall& call) {
  if (call.calls > 0 && call.bytes > 0) {
    calls.push_back(call);
  }
}

/// What a job that asks for an overlap gets from a stack that states no share: half, about what MegaScale's
/// ablation gives for tensor parallelism (arXiv 2402.15627, table 3: +2.2 points of MFU of about 5 exposed).
constexpr double usual_hidden_share = 0.5;

double hidden_share(const std::optional<bool>& asked, double stack_share) {
  if (!asked.value_or(stack_share > 0)) {
    return 0.0;
  }
  return stack_share > 0 ? stack_share : usual_hidden_share;
}

CommCall repeated(CommCall call, double times) {
  call.calls *= times;
  return call;
}

} // namespace

ChunkCoster::ChunkCoster(const scenario::PretrainingSpec& spec, const Plan& plan, const CostModel& costs,
                         double expert_domains)
    : spec_(spec), plan_(plan), costs_(costs), expert_domains_(expert_domains), cut_(make_cut(spec, plan)) {}

void ChunkCoster::add_part(ChunkCost& chunk, const PartOperations& part, double times, bool recompute_all) const {
  chunk.forward.compute += scaled(costs_.cost(part.forward, false), times);
  ComputeCost input = scaled(costs_.cost(part.backward_input, false), times);
  if (recompute_all) {
    input += scaled(costs_.cost(part.forward, true), times);
  } else if (spec_.recompute == Recompute::selective && !has_fused_core(spec_.model, spec_.software)) {
    // A fused kernel keeps no scores: there is nothing that selective recomputation would save or redo.
    input += scaled(costs_.cost(part.core, true), times);
  }
  const ComputeCost weight = scaled(costs_.cost(part.backward_weight, false), times);
  chunk.backward_input.compute += input;
  chunk.backward_weight.compute += weight;
}

// Without sequence parallelism two all-reduces a layer and pass; with it an all-gather and a reduce-scatter in place of
// each, and two more all-gathers in the backward, of inputs that were not kept whole (Korthikanti et al. 2022, 4.2.2).
void ChunkCoster::add_tensor_calls(ChunkCost& chunk, double layers) const {
  if (plan_.tensor() == 1) {
    return;
  }
  const auto& software = spec_.software;
  const double forward_hidden = hidden_share(spec_.overlap.tensor, software.overlap_tensor);
  const double backward_hidden = std::max(forward_hidden, software.tensor_backward_hidden);
  const double bytes = sixteen_bit_bytes * card_tokens(cut_) * spec_.model.hidden;
  auto call = [&](CollectiveOperation operation, double calls, double hidden) {
    return CommCall{Communicator::tensor, operation, bytes, calls, hidden};
  };
  std::vector<CommCall> forward;
  std::vector<CommCall> backward;
  if (cut_.sequence_parallel) {
    forward = {call(CollectiveOperation::all_gather, 2 * layers, forward_hidden),
               call(CollectiveOperation::reduce_scatter, 2 * layers, forward_hidden)};
    backward = {call(CollectiveOperation::all_gather, 4 * layers, backward_hidden),
                call(CollectiveOperation::reduce_scatter, 2 * layers, backward_hidden)};
  } else {
    forward = {call(CollectiveOperation::all_reduce, 2 * layers, forward_hidden)};
    backward = {call(CollectiveOperation::all_reduce, 2 * layers, backward_hidden)};
  }
  for (const CommCall& one : forward) {
    add_call(chunk.forward.calls, one);
    if (spec_.recompute == Recompute::full) {
      add_call(chunk.backward_input.calls, one);
    }
  }
  for (const CommCall& one : backward) {
    add_call(chunk.backward_input.calls, one);
  }
}

// Keys and values of the other context ranks come in, their gradients go out (ring attention: Liu et al. 2023; as one
// all-gather: Llama 3, arXiv 2407.21783, section 3.3.2). The same bytes either way.
void ChunkCoster::add_context_calls(ChunkCost& chunk, double layers) const {
  if (plan_.context() == 1) {
    return;
  }
  const auto& model = spec_.model;
  const double width = model.attention == scenario::AttentionKind::mla
                           ? model.latent.kv_rank + model.latent.rope_dim
                           : 2 * head_size(model) * std::max(1.0, kv_heads(model) / plan_.tensor());
  const double bytes = sixteen_bit_bytes * cut_.micro * cut_.sequence * width;
  const double hidden = spec_.overlap.context.value_or(true) ? spec_.software.overlap_context : 0.0;
  const CommCall gather{Communicator::context, CollectiveOperation::all_gather, bytes, layers, hidden};
  const CommCall scatter{Communicator::context, CollectiveOperation::reduce_scatter, bytes, layers, hidden};
  add_call(chunk.forward.calls, gather);
  add_call(chunk.backward_input.calls, repeated(gather, spec_.recompute == Recompute::full ? 2 : 1));
  add_call(chunk.backward_input.calls, scatter);
}

// Dispatch and combine, forward and backward: every card sends its tokens' copies to the experts' cards and back. Where
// a token crosses the fabric once for each domain, its copies inside the domain hide behind that.
void ChunkCoster::add_expert_calls(ChunkCost& chunk, double layers) const {
  if (plan_.expert() == 1) {
    return;
  }
  const auto& software = spec_.software;
  const auto& moe = spec_.model.moe;
  const bool once = software.dispatch_once && expert_domains_ > 1;
  const double copies = card_tokens(cut_) / plan_.tensor() * (once ? reached_parts(moe, expert_domains_) : moe.top_k);
  const double width = copies * spec_.model.hidden;
  const double dispatch_bytes = (software.fp8_dispatch > 0 ? 1.0 : sixteen_bit_bytes) * width;
  const double hidden = hidden_share(spec_.overlap.expert, software.overlap_expert);
  const CommCall dispatch{Communicator::expert, CollectiveOperation::all_to_all, dispatch_bytes, layers, hidden};
  const CommCall combine{Communicator::expert, CollectiveOperation::all_to_all, sixteen_bit_bytes * width, layers,
                         hidden};
  add_call(chunk.forward.calls, dispatch);
  add_call(chunk.forward.calls, combine);
  const double times = spec_.recompute == Recompute::full ? 2 : 1;
  add_call(chunk.backward_input.calls, repeated(combine, times));
  add_call(chunk.backward_input.calls, repeated(dispatch, times));
  if (plan_.expert_tensor() > 1) {
    const double gathered = sixteen_bit_bytes * width * plan_.expert_tensor();
    const CommCall gather{Communicator::expert_tensor, CollectiveOperation::all_gather, gathered, layers, 0};
    const CommCall scatter{Communicator::expert_tensor, CollectiveOperation::reduce_scatter, gathered, layers, 0};
    for (auto* calls : {&chunk.forward.calls, &chunk.backward_input.calls}) {
      add_call(*calls, gather);
      add_call(*calls, scatter);
    }
  }
}

void ChunkCoster::add_host_work(ChunkCost& chunk, double layers) const {
  const auto& calibration = costs_.calibration();
  const double experts = spec_.model.moe.experts / cut_.expert;
  const double pass_s = (calibration.moe_layer_s + calibration.moe_expert_s * experts) * layers;
  const double backward_s = pass_s * (spec_.recompute == Recompute::full ? 2 : 1);
  chunk.forward.compute.kernel_s += pass_s;
  chunk.backward_input.compute.kernel_s += backward_s;
}

// ZeRO-3: the weights of each layer are gathered before its forward and again before its backward, its gradients are
// scattered after (Rajbhandari et al. 2020; FSDP: Zhao et al. 2023), every micro-batch. Prefetching hides them beneath
// the compute of the neighbouring layers.
void ChunkCoster::add_parameter_calls(ChunkCost& chunk, const Chunk& layers) const {
  if (spec_.parallelism.sharding != Sharding::parameters) {
    return;
  }
  const ChunkParameters held = parameters(layers);
  const double pieces = std::max(1, layers.layers);
  const double share = spec_.software.sharded_parameters_hidden;
  const double hidden = spec_.overlap.parameters.value_or(spec_.software.overlap_parameters) ? share : 0.0;
  const double gradient_hidden = spec_.overlap.gradients.value_or(spec_.software.overlap_gradients) ? share : 0.0;
  auto add = [&](double held_parameters, Communicator communicator) {
    const double bytes = held_parameters / pieces;
    const CommCall gather{communicator, CollectiveOperation::all_gather, sixteen_bit_bytes * bytes, pieces, hidden};
    const CommCall scatter{communicator, CollectiveOperation::reduce_scatter, cut_.gradient_bytes * bytes, pieces,
                           gradient_hidden};
    add_call(chunk.forward.calls, gather);
    add_call(chunk.backward_input.calls, gather);
    add_call(chunk.backward_input.calls, scatter);
  };
  add(held.dense, Communicator::shard);
  add(held.experts, Communicator::expert_shard);
}

void ChunkCoster::add_layer(ChunkCost& chunk, bool moe, double layers) const {
  if (layers == 0) {
    return;
  }
  add_part(chunk, layer_operations(spec_.model, spec_.software, cut_, moe), layers, spec_.recompute == Recompute::full);
  add_tensor_calls(chunk, layers);
  add_context_calls(chunk, layers);
  if (moe) {
    add_expert_calls(chunk, layers);
    add_host_work(chunk, layers);
  }
}

ChunkCost ChunkCoster::cost(const Chunk& chunk) const {
  ChunkCost cost;
  double moe_layers = 0;
  for (int layer = chunk.first_layer; layer < chunk.first_layer + chunk.layers; ++layer) {
    moe_layers += is_moe_layer(spec_.model, layer) ? 1 : 0;
  }
  add_layer(cost, false, chunk.layers - moe_layers);
  add_layer(cost, true, moe_layers);
  if (chunk.embedding) {
    add_part(cost, embedding_operations(spec_.model, cut_), 1, false);
  }
  if (chunk.head) {
    add_part(cost, head_operations(spec_.model, spec_.software, cut_), 1, false);
  }
  add_parameter_calls(cost, chunk);
  cost.backward = cost.backward_input;
  cost.backward.compute += cost.backward_weight.compute;
  return cost;
}

ChunkParameters ChunkCoster::parameters(const Chunk& chunk) const {
  ChunkParameters held;
  const double tensor = plan_.tensor();
  for (int layer = chunk.first_layer; layer < chunk.first_layer + chunk.layers; ++layer) {
    const LayerParameters layer_held = layer_parameters(spec_.model, layer);
    held.dense += (layer_held.attention + layer_held.dense_ffn) / tensor + layer_held.norms + layer_held.router;
    held.experts += layer_held.experts / (double(plan_.expert()) * plan_.expert_tensor());
  }
  if (chunk.embedding) {
    held.dense += embedding_parameters(spec_.model) / tensor;
  }
  if (chunk.head) {
    // A tied table is held by the last stage too (once where first and last stage are one).
    const bool copy = spec_.model.tied_embeddings && !chunk.embedding;
    held.dense += (output_head_parameters(spec_.model) + (copy ? embedding_parameters(spec_.model) : 0)) / tensor;
  }
  return held;
}

} // namespace iccsim::workload
