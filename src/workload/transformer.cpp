#include "iccsim/workload/transformer.hpp"

#include "workload/transformer_shape.hpp"

namespace iccsim::workload {

using scenario::AttentionKind;
using scenario::ModelSpec;
using scenario::NormKind;
using scenario::PositionKind;

namespace {

/// LayerNorm trains a scale and a bias, RMSNorm a scale.
double norm_parameters(const ModelSpec& model, double width) {
  return model.norm == NormKind::layernorm ? 2 * width : width;
}

double attention_parameters(const ModelSpec& model) {
  const AttentionWidths w = attention_widths(model);
  double sum = attention_matrix_elements(model);
  if (model.attention == AttentionKind::mla) {
    return sum + model.latent.q_rank + model.latent.kv_rank; // an RMSNorm on each latent
  }
  if (model.attention_bias || model.qkv_bias) {
    sum += w.query + w.key + w.value;
  }
  if (model.attention_bias) {
    sum += model.hidden;
  }
  if (model.qk_norm) {
    sum += 2 * head_size(model); // one scale shared by all heads, on q and on k
  }
  return sum;
}

double ffn_parameters(const ModelSpec& model, double intermediate) {
  const double biases = model.ffn_bias ? (model.gated() ? 2 : 1) * intermediate + model.hidden : 0;
  return ffn_matrix_elements(model, intermediate) + biases;
}

} // namespace

AttentionWidths attention_widths(const ModelSpec& model) {
  if (model.attention == AttentionKind::mla) {
    const double query = double(model.heads) * (model.latent.nope_dim + model.latent.rope_dim);
    const double value = double(model.heads) * model.latent.value_dim;
    return {query, query, value, value};
  }
  const double query = model.heads * head_size(model);
  const double key = kv_heads(model) * head_size(model);
  return {query, key, key, query};
}

bool is_moe_layer(const ModelSpec& model, int index) {
  const int place = index - model.moe.first_dense_layers;
  return model.has_moe() && place >= 0 && (place + 1) % model.moe.every == 0;
}

LayerParameters layer_parameters(const ModelSpec& model, int index) {
  LayerParameters layer;
  layer.attention = attention_parameters(model);
  layer.norms = 2 * norm_parameters(model, model.hidden);
  if (is_moe_layer(model, index)) {
    layer.experts = model.moe.experts * ffn_parameters(model, model.moe.expert_ffn);
    layer.dense_ffn = model.moe.shared * ffn_parameters(model, shared_ffn(model));
    layer.router = double(model.moe.experts) * model.hidden;
  } else {
    layer.dense_ffn = ffn_parameters(model, dense_ffn(model));
  }
  return layer;
}

double embedding_parameters(const ModelSpec& model) {
  double sum = double(model.vocabulary) * model.hidden;
  if (model.position == PositionKind::learned) {
    sum += (model.max_positions > 0 ? model.max_positions : 2048.0) * model.hidden;
  }
  if (model.embedding_norm) {
    sum += norm_parameters(model, model.hidden);
  }
  return sum;
}

double output_head_parameters(const ModelSpec& model) {
  const double table = model.tied_embeddings ? 0 : double(model.vocabulary) * model.hidden;
  return table + norm_parameters(model, model.hidden);
}

double total_parameters(const ModelSpec& model) {
  double sum = embedding_parameters(model) + output_head_parameters(model);
  for (int i = 0; i < model.layers; ++i) {
    sum += layer_parameters(model, i).total();
  }
  return sum;
}

double active_parameters(const ModelSpec& model) {
  double sum = total_parameters(model);
  for (int i = 0; i < model.layers; ++i) {
    if (is_moe_layer(model, i)) {
      sum -= layer_parameters(model, i).experts * (1.0 - double(model.moe.top_k) / model.moe.experts);
    }
  }
  return sum;
}

double mtp_parameters(const ModelSpec& model) {
  // DeepSeek-V3, section 2.2: a module is a layer, a projection of 2h to h, a norm on each of its two inputs, and a
  // norm before the shared head.
  const double h = model.hidden;
  return model.mtp_layers *
         (layer_parameters(model, model.layers - 1).total() + 2 * h * h + 3 * norm_parameters(model, h));
}

} // namespace iccsim::workload
