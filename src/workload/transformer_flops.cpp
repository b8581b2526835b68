#include "iccsim/workload/transformer.hpp"

#include "workload/transformer_shape.hpp"

namespace iccsim::workload {

using scenario::ModelSpec;
using scenario::Recompute;

namespace {

/// Backward computes two products for each of the forward's: by the input and by the weight.
constexpr double forward_and_backward = 3.0;

double layers_forward_flops(const ModelSpec& model, double sequence) {
  double sum = 0;
  for (int i = 0; i < model.layers; ++i) {
    sum += layer_forward_flops_per_token(model, i, sequence);
  }
  return sum;
}

double logits_forward_flops(const ModelSpec& model) {
  return 2.0 * model.hidden * model.vocabulary;
}

/// Weights of the FFN that one token meets, in elements.
double visited_ffn_elements(const ModelSpec& model, int index) {
  if (!is_moe_layer(model, index)) {
    return ffn_matrix_elements(model, dense_ffn(model));
  }
  const auto& moe = model.moe;
  return moe.top_k * ffn_matrix_elements(model, moe.expert_ffn) +
         moe.shared * ffn_matrix_elements(model, shared_ffn(model)) + double(moe.experts) * model.hidden;
}

} // namespace

double counted_context(const ModelSpec& model, double sequence) {
  if (model.window <= 0 || model.window >= sequence) {
    return sequence;
  }
  const double full_layers = model.full_attention_every > 0 ? 1.0 / model.full_attention_every : 0.0;
  return full_layers * sequence + (1 - full_layers) * model.window;
}

double attention_core_flops_per_token(const ModelSpec& model, double sequence) {
  const AttentionWidths w = attention_widths(model);
  return 2 * counted_context(model, sequence) * (w.query + w.output);
}

double layer_forward_flops_per_token(const ModelSpec& model, int index, double sequence) {
  return 2 * (attention_matrix_elements(model) + visited_ffn_elements(model, index)) +
         attention_core_flops_per_token(model, sequence);
}

double model_flops_per_token(const ModelSpec& model, double sequence) {
  return forward_and_backward * (layers_forward_flops(model, sequence) + logits_forward_flops(model));
}

double mtp_flops_per_token(const ModelSpec& model, double sequence) {
  const double h = model.hidden;
  const double module =
      layer_forward_flops_per_token(model, model.layers - 1, sequence) + 2 * (2 * h * h) + logits_forward_flops(model);
  return forward_and_backward * model.mtp_layers * module;
}

double recompute_flops_per_token(const ModelSpec& model, double sequence, Recompute recompute) {
  switch (recompute) {
  case Recompute::none:
    return 0;
  case Recompute::selective:
    return model.layers * (attention_core_flops_per_token(model, sequence) + 2 * latent_up_elements(model));
  case Recompute::full:
    return layers_forward_flops(model, sequence);
  }
  return 0;
}

} // namespace iccsim::workload
