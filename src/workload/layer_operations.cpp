#include "iccsim/workload/layer_operations.hpp"

#include "iccsim/workload/transformer.hpp"

#include "part_builder.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>

namespace iccsim::workload {

namespace {

using scenario::AttentionKind;
using scenario::ModelSpec;
using scenario::SoftwareSpec;

/// Widths of one card's share of the attention, in elements.
struct Heads {
  double query = 0;     ///< query heads on the card
  double key_value = 0; ///< key/value heads on the card (at least one: they are replicated beyond kv_heads ranks)
  double score_dim = 0; ///< length of a query . key product
  double value_dim = 0;
};

Heads heads_of(const ModelSpec& model, double tensor) {
  const double query = model.heads / tensor;
  if (model.attention == AttentionKind::mla) {
    return {query, query, double(model.latent.nope_dim + model.latent.rope_dim), double(model.latent.value_dim)};
  }
  const double dim = head_size(model);
  return {query, std::max(1.0, kv_heads(model) / tensor), dim, dim};
}

/// Dropout belongs to the GPT-3 recipe: absolute or ALiBi positions; rotary models train without.
bool drops_out(const ModelSpec& model, const SoftwareSpec& software) {
  return software.dropout &&
         (model.position == scenario::PositionKind::learned || model.position == scenario::PositionKind::alibi);
}

/// Kernels that a stack leaves apart read and write their tensors once more.
double unfused(const SoftwareSpec& software) {
  return software.fused_elementwise ? 1.0 : 2.0;
}

void add_norm(PartBuilder& part, const SoftwareSpec& software, double elements) {
  // Forward reads x and writes y; backward reads x and dy, reads and writes dx (16 bits each).
  part.elementwise("norm", 4 * elements * unfused(software), 8 * elements * unfused(software));
}

void add_residual(PartBuilder& part, const SoftwareSpec& software, double elements, bool dropout) {
  const double mask = dropout ? 1 : 0;
  part.elementwise("residual", (6 + mask) * elements * unfused(software),
                   (4 + mask) * elements * (dropout ? unfused(software) : 0.5));
}

void add_projections_in(PartBuilder& part, const ModelSpec& model, const Heads& heads, double tokens) {
  const double hidden = model.hidden;
  if (model.attention == AttentionKind::mla) {
    const auto& latent = model.latent;
    if (latent.q_rank > 0) {
      part.linear("q_down", tokens, latent.q_rank, hidden);
      part.linear("q_up", tokens, heads.query * heads.score_dim, latent.q_rank);
    } else {
      part.linear("q", tokens, heads.query * heads.score_dim, hidden);
    }
    part.linear("kv_down", tokens, latent.kv_rank + latent.rope_dim, hidden);
    part.linear("kv_up", tokens, heads.query * (latent.nope_dim + latent.value_dim), latent.kv_rank);
    return;
  }
  part.linear("qkv", tokens, (heads.query + 2 * heads.key_value) * heads.score_dim, hidden);
}

/// Scores, mask, softmax, dropout and values as separate kernels: the s x s matrix crosses device memory.
void add_unfused_core(PartBuilder& part, const SoftwareSpec& software, const LayerCut& cut, const Heads& heads,
                      bool dropout) {
  const double own = cut.sequence / cut.context;
  const double matrices = cut.micro * heads.query;
  const double scores = matrices * own * cut.sequence;
  part.batched("scores", own, cut.sequence, heads.score_dim, matrices, true);
  // Scale, mask and softmax: read and write 2 bytes; backward reads y and dy, writes dx. Apart: three times that.
  const double kernels = software.fused_softmax ? 1 : 3;
  part.elementwise("softmax", 4 * scores * kernels, 6 * scores * kernels, true, kernels);
  if (dropout) {
    part.elementwise("attention_dropout", 5 * scores, 5 * scores, true); // 2 in, 2 out, a mask byte
  }
  part.batched("values", own, heads.value_dim, cut.sequence, matrices, true);
  part.elementwise("head_permute", 4 * cut.micro * own * heads.query * heads.value_dim,
                   8 * cut.micro * own * heads.query * heads.value_dim);
}

/// Keys that a fused kernel computes a token's scores with, mean over tokens and layers: the causal half where it
/// skips, and of a windowed layer the band of the window (a triangle at the start of the sequence, then whole rows).
double computed_context(const ModelSpec& model, const SoftwareSpec& software, double sequence) {
  const double causal = software.causal_skips ? sequence / 2 : sequence;
  if (model.window <= 0 || model.window >= sequence || !software.causal_skips) {
    return causal;
  }
  const double full_layers = model.full_attention_every > 0 ? 1.0 / model.full_attention_every : 0.0;
  const double band = model.window * (1 - model.window / (2 * sequence));
  return full_layers * causal + (1 - full_layers) * band;
}

void add_fused_core(PartBuilder& part, const ModelSpec& model, const SoftwareSpec& software, const LayerCut& cut,
                    const Heads& heads) {
  const double own = cut.sequence / cut.context;
  const double per_key = 2.0 * cut.micro * heads.query * own * (heads.score_dim + heads.value_dim);
  const double counted = per_key * counted_context(model, cut.sequence);
  const double executed = per_key * computed_context(model, software, cut.sequence);
  const double rows = cut.micro * own * heads.query * (heads.score_dim + heads.value_dim) +
                      cut.micro * cut.sequence * heads.key_value * (heads.score_dim + heads.value_dim);
  const double head_dim = (heads.score_dim + heads.value_dim) / 2;
  const FusedAttention forward{executed, counted, 2 * rows, head_dim, false};
  // The backward kernel recomputes the scores: five products for the forward's two (Dao et al. 2022).
  const FusedAttention backward{2.5 * executed, 2 * counted, 4 * rows, head_dim, true};
  part.fused_attention(forward, backward);
}

void add_attention(PartBuilder& part, const ModelSpec& model, const SoftwareSpec& software, const LayerCut& cut,
                   double sharded_elements) {
  const Heads heads = heads_of(model, cut.tensor);
  const double tokens = card_tokens(cut);
  add_norm(part, software, sharded_elements);
  add_projections_in(part, model, heads, tokens);
  const double rotated = tokens * (heads.query + heads.key_value) * heads.score_dim;
  if (model.position == scenario::PositionKind::rotary) {
    part.elementwise("rotary", 4 * rotated * unfused(software), 4 * rotated * unfused(software));
  }
  if (model.qk_norm) {
    part.elementwise("qk_norm", 4 * rotated, 8 * rotated);
  }
  const bool dropout = drops_out(model, software);
  if (has_fused_core(model, software)) {
    add_fused_core(part, model, software, cut, heads);
  } else {
    add_unfused_core(part, software, cut, heads, dropout);
  }
  part.linear("attention_out", tokens, model.hidden, heads.query * heads.value_dim);
  add_residual(part, software, sharded_elements, dropout);
}

/// Two or three matrices and the activation between; `count` experts of `tokens` each.
void add_ffn(PartBuilder& part, const ModelSpec& model, const SoftwareSpec& software, double tokens, double width,
             double count) {
  const double outputs = model.gated() ? 2 : 1;
  part.linear("ffn_up", tokens, outputs * width, model.hidden, count);
  // Forward reads the inputs and writes one; backward reads inputs and gradient, writes the inputs' gradients.
  const double elements = tokens * width * count;
  part.elementwise("activation", 2 * (outputs + 1) * elements * unfused(software),
                   2 * (2 * outputs + 1) * elements * unfused(software));
  part.linear("ffn_down", tokens, model.hidden, width, count);
}

/// Device-memory bytes of one routed element of the residual stream, each way, beside the permutation itself and the
/// products. A stack that does not fuse its experts pads them, casts them and weighs them with their probabilities in
/// passes of their own; biases of the experts add, per element of their widths, a sum, a clamp and (backward) a
/// reduction, as framework operations in 32 bits or inside the fused kernels. Fitted to the Megatron-Bridge releases
/// before and from 26.06: platforms/software/README.md, "Experts".
double expert_bytes(const ModelSpec& model, const SoftwareSpec& software) {
  constexpr double apart = 20;
  constexpr double bias_apart = 120;
  constexpr double bias_fused = 48;
  const double bias = model.ffn_bias ? (software.fused_expert_bias ? bias_fused : bias_apart) : 0.0;
  return (software.fused_expert_bias ? 0.0 : apart) + bias * model.moe.expert_ffn / model.hidden;
}

void add_moe(PartBuilder& part, const ModelSpec& model, const SoftwareSpec& software, const LayerCut& cut) {
  const auto& moe = model.moe;
  // MoE under TP routes each rank's own slice of the tokens (Megatron-LM asks for sequence parallelism there).
  const double own = card_tokens(cut) / cut.tensor;
  part.linear("router", own, moe.experts, model.hidden, 1, true);
  const double local = moe.experts / cut.expert;
  // Experts that are cut by TP themselves gather the slices of their ranks first.
  const double routed = own * cut.expert_tensor * moe.top_k * moe.imbalance;
  // Tokens are put in expert order and back: each copy read and written, twice.
  part.elementwise("permute", 8 * routed * model.hidden, 8 * routed * model.hidden, false, 4);
  if (const double bytes = expert_bytes(model, software) * routed * model.hidden; bytes > 0) {
    part.elementwise("expert_passes", bytes, bytes);
  }
  add_ffn(part, model, software, routed / local, double(moe.expert_ffn) / cut.expert_tensor, local);
  if (moe.shared > 0) {
    const double width = moe.shared * shared_ffn(model);
    add_ffn(part, model, software, card_tokens(cut), width / cut.tensor, 1);
  }
}

} // namespace

bool has_fused_core(const ModelSpec& model, const SoftwareSpec& software) {
  return software.fused_attention && (software.fused_softmax || model.position != scenario::PositionKind::alibi);
}

PartOperations layer_operations(const ModelSpec& model, const SoftwareSpec& software, const LayerCut& cut, bool moe) {
  PartBuilder part(software, cut);
  const double tokens = card_tokens(cut);
  // Sequence parallelism cuts norms, dropout and residuals too (Korthikanti et al. 2022, section 4.2.2).
  const double sharded = tokens * model.hidden / (cut.sequence_parallel ? cut.tensor : 1.0);
  add_attention(part, model, software, cut, sharded);
  add_norm(part, software, sharded);
  if (moe) {
    add_moe(part, model, software, cut);
  } else {
    add_ffn(part, model, software, tokens, dense_ffn(model) / cut.tensor, 1);
  }
  add_residual(part, software, sharded, drops_out(model, software));
  return part.take();
}

PartOperations embedding_operations(const ModelSpec& model, const LayerCut& cut) {
  PartOperations part;
  const double elements = card_tokens(cut) * model.hidden;
  part.forward.push_back({"embedding", Elementwise{4 * elements}, 1, 1});
  part.backward_weight.push_back({"embedding", Elementwise{2 * elements + 8 * elements / cut.tensor}, 1, 1});
  return part;
}

PartOperations head_operations(const ModelSpec& model, const SoftwareSpec& software, const LayerCut& cut) {
  PartBuilder part(software, cut);
  const double tokens = card_tokens(cut);
  add_norm(part, software, tokens * model.hidden / (cut.sequence_parallel ? cut.tensor : 1.0));
  part.logits(tokens, model.vocabulary / cut.tensor, model.hidden);
  const double logits = tokens * model.vocabulary / cut.tensor;
  part.elementwise("loss", 0.5 * software.logit_bytes * logits, 0.5 * software.logit_bytes * logits, false, 4);
  return part.take();
}

} // namespace iccsim::workload
