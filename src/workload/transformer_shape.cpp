#include "workload/transformer_shape.hpp"

#include "iccsim/workload/transformer.hpp"

namespace iccsim::workload {

using scenario::AttentionKind;
using scenario::ModelSpec;

double latent_up_elements(const ModelSpec& model) {
  if (model.attention != AttentionKind::mla) {
    return 0;
  }
  const AttentionWidths w = attention_widths(model);
  const double nope = double(model.heads) * model.latent.nope_dim;
  return model.latent.q_rank * w.query + model.latent.kv_rank * (nope + w.value);
}

double attention_matrix_elements(const ModelSpec& model) {
  const AttentionWidths w = attention_widths(model);
  const double h = model.hidden;
  if (model.attention == AttentionKind::grouped_query) {
    return h * (w.query + w.key + w.value) + w.output * h;
  }
  // DeepSeek-V2, arXiv 2405.04434, section 2.1: queries and keys/values pass through low ranks; the rotary part of the
  // key is shared by all heads.
  const auto& latent = model.latent;
  const double query_down = latent.q_rank > 0 ? h * latent.q_rank : h * w.query;
  return query_down + h * (latent.kv_rank + latent.rope_dim) + latent_up_elements(model) + w.output * h;
}

double ffn_matrix_elements(const ModelSpec& model, double intermediate) {
  return (model.gated() ? 3 : 2) * double(model.hidden) * intermediate;
}

} // namespace iccsim::workload
