// What a transformer is made of: parameters and model FLOPs.
#pragma once

#include "iccsim/scenario/model.hpp"

namespace iccsim::workload {

/// Trainable parameters of parts of a model, in elements, unsharded.
struct LayerParameters {
  double attention = 0; ///< projections, their biases, q/k norms
  double dense_ffn = 0; ///< the dense FFN, or the shared experts of an MoE layer
  double experts = 0;   ///< all routed experts
  double router = 0;
  double norms = 0;
  double total() const { return attention + dense_ffn + experts + router + norms; }
};

/// Layer `index` counts from 0.
LayerParameters layer_parameters(const scenario::ModelSpec& model, int index);
bool is_moe_layer(const scenario::ModelSpec& model, int index);
double embedding_parameters(const scenario::ModelSpec& model);   ///< token table (and positions, embedding norm)
double output_head_parameters(const scenario::ModelSpec& model); ///< 0 when tied; final norm included
double total_parameters(const scenario::ModelSpec& model);       ///< MTP modules not included, as papers count
double active_parameters(const scenario::ModelSpec& model);      ///< used by one token

/// Forward + backward model FLOPs per token (attention matmuls over the full score matrix and logits counted, no
/// recomputation): 72 L h^2 (1 + s/(6h) + V/(12 L h)) for the GPT shape (Narayanan et al. SC'21), generalized.
double model_flops_per_token(const scenario::ModelSpec& model, double sequence);
/// What `recompute` adds per token: full: a forward of every layer; selective: the attention core's forward.
double recompute_flops_per_token(const scenario::ModelSpec& model, double sequence, int recompute_kind);

} // namespace iccsim::workload
