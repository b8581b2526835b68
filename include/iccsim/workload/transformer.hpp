// What a transformer is made of: parameters and model FLOPs.
#pragma once

#include "iccsim/scenario/job.hpp"
#include "iccsim/scenario/model.hpp"

namespace iccsim::workload {

/// Elements of one token's tensors around the attention core, all heads together.
struct AttentionWidths {
  double query = 0;  ///< heads x query/key size of a head
  double key = 0;    ///< kv heads x the same; MLA: after the up-projection
  double value = 0;  ///< kv heads x value size of a head
  double output = 0; ///< heads x value size of a head
};
AttentionWidths attention_widths(const scenario::ModelSpec& model);

/// Trainable parameters of parts of a model, in elements, unsharded.
struct LayerParameters {
  double attention = 0; ///< projections, their biases, q/k norms, norms of the MLA latents
  double dense_ffn = 0; ///< the dense FFN, or the shared experts of an MoE layer
  double experts = 0;   ///< all routed experts
  double router = 0;
  double norms = 0;
  double total() const { return attention + dense_ffn + experts + router + norms; }
};

/// Layer `index` counts from 0.
LayerParameters layer_parameters(const scenario::ModelSpec& model, int index);
bool is_moe_layer(const scenario::ModelSpec& model, int index);
double embedding_parameters(const scenario::ModelSpec& model);   ///< token table, positions, embedding norm
double output_head_parameters(const scenario::ModelSpec& model); ///< vocabulary x hidden unless tied; final norm
double total_parameters(const scenario::ModelSpec& model);       ///< without MTP modules, as papers count
double active_parameters(const scenario::ModelSpec& model);      ///< used by one token
double mtp_parameters(const scenario::ModelSpec& model);         ///< of the MTP modules, without the shared tables

/// Forward FLOPs per token of the matrix products of layer `index`: every projection and expert a token visits, the
/// router, and scores and values over the full score matrix (a causal mask halves nothing).
double layer_forward_flops_per_token(const scenario::ModelSpec& model, int index, double sequence);
/// Keys that a token of a `sequence` counts for, mean over the layers: all of them, or of a windowed layer its window.
double counted_context(const scenario::ModelSpec& model, double sequence);
/// Scores and values alone, mean over the layers.
double attention_core_flops_per_token(const scenario::ModelSpec& model, double sequence);

/// Forward + backward model FLOPs per token (attention matmuls over the full score matrix and logits counted, no
/// recomputation): 72 L h^2 (1 + s/(6h) + V/(12 L h)) for the GPT shape (Narayanan et al. SC'21), generalized.
double model_flops_per_token(const scenario::ModelSpec& model, double sequence);
/// Forward + backward FLOPs per token of the multi-token-prediction modules (a layer, its 2h x h projection and the
/// logits each). Computed while training, but no part of model FLOPs, since published MFUs leave them out.
double mtp_flops_per_token(const scenario::ModelSpec& model, double sequence);
/// What `recompute` adds per token: full: a forward of every layer, not of the logits (so that the GPT shape totals
/// 96 L h^2 (1 + s/(6h) + V/(16 L h)), Narayanan et al. SC'21); selective: scores and values, and for MLA the
/// up-projections of the latents too (DeepSeek-V3, arXiv 2412.19437, section 3.2.3).
double recompute_flops_per_token(const scenario::ModelSpec& model, double sequence, scenario::Recompute recompute);

} // namespace iccsim::workload
