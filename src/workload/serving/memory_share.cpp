#include "memory_share.hpp"

#include "iccsim/workload/transformer.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload::serving {

namespace {

/// Parameters by how they are cut and stored.
struct Stored {
  double attention = 0; ///< projections but the last: cut by tensor parallelism, as are the next two
  double output = 0;
  double ffns = 0;    ///< dense ones, shared experts
  double experts = 0; ///< cut by experts
  double copied = 0;  ///< matrices of indexers: on every card
  double whole = 0;   ///< norms, routers: on every card, 16 bits

  /// Of what tensor parallelism cuts.
  double cut_bytes(const Formats& formats) const {
    return attention * formats.attention.weight_bytes + output * formats.output.weight_bytes +
           ffns * formats.dense.weight_bytes;
  }
};

/// Projections of queries, keys and weights of heads.
double indexer_parameters(const scenario::ModelSpec& model) {
  const auto& sparse = model.sparse;
  const double query_input = model.latent.q_rank > 0 ? model.latent.q_rank : model.hidden;
  return query_input * sparse.indexer_heads * sparse.indexer_head_dim +
         double(model.hidden) * (sparse.indexer_head_dim + sparse.indexer_heads);
}

Stored stored_layers(const scenario::ModelSpec& model, int first, int last) {
  Stored stored;
  for (int layer = first; layer < last; ++layer) {
    const LayerParameters parameters = layer_parameters(model, layer);
    const double output = attention_widths(model).output * model.hidden;
    stored.attention += parameters.attention - output;
    stored.output += output;
    stored.ffns += parameters.dense_ffn;
    stored.experts += parameters.experts;
    stored.copied += model.sparse.top_k > 0 ? indexer_parameters(model) : 0;
    stored.whole += parameters.router + parameters.norms;
  }
  return stored;
}

double layer_kv_elements(const scenario::ModelSpec& model, double heads, double head_dim) {
  return model.attention == scenario::AttentionKind::mla ? model.latent.kv_rank + model.latent.rope_dim
                                                         : 2 * heads * head_dim;
}

/// KV of a token in a layer, with the key of an indexer; every card of a group has all of that key.
double layer_kv_bytes(const scenario::ModelSpec& model, double heads, double head_dim, const Formats& formats) {
  return layer_kv_elements(model, heads, head_dim) * formats.kv_bytes + index_key_bytes(model);
}

} // namespace

double index_key_bytes(const scenario::ModelSpec& model) {
  // deepseek-ai/DeepGEMM's cache of 132 bytes a token with keys of 128 elements.
  return model.sparse.indexer_head_dim * (1 + 4.0 / 128);
}

double stored_model_bytes(const scenario::ModelSpec& model, const Formats& formats) {
  const Stored stored = stored_layers(model, 0, model.layers);
  const double tables = embedding_parameters(model) + output_head_parameters(model);
  return stored.cut_bytes(formats) + stored.copied * formats.attention.weight_bytes +
         stored.experts * formats.expert.weight_bytes + 2 * (stored.whole + tables);
}

double card_weight_bytes(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats) {
  const int layers = int(std::ceil(model.layers / share.pipeline));
  const auto stage_bytes = [&](int first, double tables) {
    const Stored stored = stored_layers(model, std::max(0, first), std::min(model.layers, std::max(0, first) + layers));
    const double copies = model.has_moe() ? share.local_experts * share.expert / model.moe.experts : 1;
    return stored.cut_bytes(formats) / share.tensor + stored.copied * formats.attention.weight_bytes +
           stored.experts * copies * formats.expert.weight_bytes / (share.expert * share.expert_tensor) +
           2 * (stored.whole + tables / share.tensor);
  };
  const double embedding = embedding_parameters(model);
  const double head = output_head_parameters(model);
  if (share.pipeline <= 1) {
    return stage_bytes(0, embedding + head);
  }
  return std::max(stage_bytes(0, embedding), stage_bytes(model.layers - layers, head));
}

double kv_token_bytes(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats) {
  return share.kv_layers * layer_kv_bytes(model, kv_heads(model), share.head_dim, formats);
}

double kv_token_card_bytes(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats) {
  const double layers = std::ceil(share.kv_layers / share.pipeline);
  return layers * layer_kv_bytes(model, share.kv_heads, share.head_dim, formats);
}

double activation_bytes(const scenario::ModelSpec& model, const CardShare& share, const scenario::EngineSpec& engine) {
  // At the widest point of a layer: residual, norm, and the FFN's inputs and product; then 32-bit logits with one copy
  // for the sampler. Allocators keep both.
  // Experts meet the tokens of all attention groups.
  const double rows_of_experts = model.moe.top_k * share.data / share.expert;
  const double width =
      model.has_moe() ? rows_of_experts * (share.expert_ffn * 3 + share.hidden) + share.shared_ffn * 3 : share.ffn * 3;
  return 2.0 * engine.max_batched_tokens * (2 * share.hidden + width) + 8.0 * engine.max_batch * model.vocabulary;
}

} // namespace iccsim::workload::serving
