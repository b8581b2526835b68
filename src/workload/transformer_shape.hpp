// Sizes of a transformer's matrices with the defaults of the model language filled in.
#pragma once

#include "iccsim/scenario/model.hpp"

namespace iccsim::workload {

inline double kv_heads(const scenario::ModelSpec& model) {
  return model.kv_heads > 0 ? model.kv_heads : model.heads;
}
inline double head_size(const scenario::ModelSpec& model) {
  return model.head_dim > 0 ? model.head_dim : double(model.hidden) / model.heads;
}
inline double dense_ffn(const scenario::ModelSpec& model) {
  return model.ffn > 0 ? model.ffn : 4.0 * model.hidden;
}
inline double shared_ffn(const scenario::ModelSpec& model) {
  return model.moe.shared_ffn > 0 ? model.moe.shared_ffn : model.moe.expert_ffn;
}

/// Elements of the weight matrices of attention; a token's forward costs 2 FLOPs for each.
double attention_matrix_elements(const scenario::ModelSpec& model);
/// Of these, the up-projections of MLA's latents; 0 without MLA.
double latent_up_elements(const scenario::ModelSpec& model);
/// Elements of the two matrices of an FFN, three when gated.
double ffn_matrix_elements(const scenario::ModelSpec& model, double intermediate);

} // namespace iccsim::workload
