// Activations that a forward keeps. Korthikanti et al. 2022 (arXiv 2205.05198), section 4, term by term, so that the
// GPT shape without fused attention keeps s b h (34 + 5 a s / h) bytes a layer; other shapes change the terms.
#include "workload/memory_parts.hpp"

#include "iccsim/workload/layer_operations.hpp"
#include "iccsim/workload/memory.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>

namespace iccsim::workload {

using scenario::AttentionKind;
using scenario::Precision;
using scenario::PretrainingSpec;
using scenario::Recompute;

namespace {

/// Bytes a token. Every tensor rank holds `whole` (its share of the tokens with sequence parallelism) and 1/t of `cut`.
struct TokenBytes {
  double whole = 0;
  double cut = 0;
};

/// What the terms need to know.
class LayerKeeper {
public:
  LayerKeeper(const PretrainingSpec& spec, Recompute recompute)
      : spec_(spec), model_(spec.model), core_kept_(recompute != Recompute::selective),
        cheap_kept_(core_kept_ || !has_fused_core(spec.model, spec.software)),
        element_(activation_element_bytes(spec.precision)),
        // Products in 8 bits keep their inputs in 8 bits (DeepSeek-V3, section 3.3.3; Transformer Engine).
        input_(bytes_per_element(spec.precision)), mask_(spec.software.dropout ? 1 : 0) {}

  TokenBytes layer(bool moe) const {
    TokenBytes sum;
    sum.whole = 2 * element_ * model_.hidden; // inputs of the two norms
    model_.attention == AttentionKind::mla ? add_latent(sum) : add_heads(sum);
    add_core(sum);
    moe ? add_moe(sum) : add_ffn(sum);
    return sum;
  }

private:
  void add_heads(TokenBytes& sum) const {
    const AttentionWidths w = attention_widths(model_);
    // Key heads fewer than tensor ranks are repeated.
    const double copies = std::max(1.0, spec_.parallelism.tensor / kv_heads(model_));
    sum.whole += norm_output(); // input of q, k, v
    sum.cut += element_ * (w.query + (w.key + w.value) * copies);
    if (model_.qk_norm) {
      sum.cut += element_ * (w.query + w.key * copies);
    }
  }

  void add_latent(TokenBytes& sum) const {
    const AttentionWidths w = attention_widths(model_);
    const double ranks = model_.latent.q_rank + model_.latent.kv_rank;
    sum.whole += element_ * (ranks + model_.latent.rope_dim); // before the latents' norms
    sum.whole += norm_output();                               // input of the down-projections
    if (core_kept_) {
      sum.whole += input_ * ranks; // inputs of the up-projections
      sum.cut += element_ * (w.query + w.key + w.value);
    }
  }

  /// Softmax output, dropout mask and dropout output of the scores; fused attention keeps log-sum-exps instead.
  void add_core(TokenBytes& sum) const {
    sum.cut += element_ * attention_widths(model_).output; // input of the output projection
    sum.whole += mask_ * model_.hidden;
    if (has_fused_core(model_, spec_.software)) {
      sum.cut += 4.0 * model_.heads;
    } else if (core_kept_) {
      sum.cut += double(model_.heads) * spec_.batch.sequence * (element_ + mask_ * (1 + element_));
    }
  }

  void add_ffn(TokenBytes& sum) const {
    sum.whole += norm_output() + mask_ * model_.hidden;
    sum.cut += inner_bytes(dense_ffn(model_));
  }

  /// Routed tokens arrive at their experts as copies; tensor ranks share them unless experts are cut as well.
  void add_moe(TokenBytes& sum) const {
    const auto& moe = model_.moe;
    const auto& parallelism = spec_.parallelism;
    const double expert_tensor = parallelism.expert_tensor > 0 ? parallelism.expert_tensor : parallelism.tensor;
    const double copies = moe.top_k * moe.imbalance;
    sum.whole += element_ * model_.hidden + 4.0 * moe.experts + mask_ * model_.hidden; // the router's input and scores
    sum.cut += copies * input_ * model_.hidden * expert_tensor;
    sum.cut += copies * inner_bytes(moe.expert_ffn) + moe.shared * inner_bytes(shared_ffn(model_));
  }

  double norm_output() const { return cheap_kept_ ? input_ * model_.hidden : 0; }

  /// Inputs of the activation function and of the last matrix. DeepSeek-V3 keeps the former in 8 bits.
  double inner_bytes(double intermediate) const {
    const double inputs = model_.gated() ? 2 : 1;
    const bool eight_bits = !core_kept_ && model_.attention == AttentionKind::mla;
    return intermediate * (inputs * (eight_bits ? input_ : element_) + (cheap_kept_ ? input_ : 0));
  }

  const PretrainingSpec& spec_;
  const scenario::ModelSpec& model_;
  bool core_kept_;  ///< false: scores, or the up-projections of latents, run again
  bool cheap_kept_; ///< false: norms and activation functions run again
  double element_;
  double input_; ///< of a matrix product's input
  double mask_;  ///< dropout: a byte an element
};

double on_card(const PretrainingSpec& spec, const TokenBytes& bytes) {
  const double tensor = spec.parallelism.tensor;
  return card_tokens(spec) * (bytes.whole / (spec.parallelism.sequence ? tensor : 1.0) + bytes.cut / tensor);
}

} // namespace

double activation_element_bytes(Precision precision) {
  return std::max(2.0, bytes_per_element(precision));
}

double card_tokens(const PretrainingSpec& spec) {
  return double(spec.batch.micro) * spec.batch.sequence / spec.parallelism.context;
}

double layer_working_bytes(const PretrainingSpec& spec, int index) {
  return on_card(spec, LayerKeeper(spec, Recompute::none).layer(is_moe_layer(spec.model, index)));
}

double layer_activation_bytes(const PretrainingSpec& spec, int index) {
  if (spec.recompute == Recompute::full) {
    return on_card(spec, {activation_element_bytes(spec.precision) * spec.model.hidden, 0}); // its input
  }
  return on_card(spec, LayerKeeper(spec, spec.recompute).layer(is_moe_layer(spec.model, index)));
}

double head_activation_bytes(const PretrainingSpec& spec) {
  // Korthikanti et al., section 4.3: inputs of the final norm and of the logits, and the logits in fp32.
  const double inputs = 2 * activation_element_bytes(spec.precision) * spec.model.hidden;
  return on_card(spec, {inputs, 4.0 * spec.model.vocabulary});
}

double embedding_activation_bytes(const PretrainingSpec& spec) {
  return on_card(spec, {spec.software.dropout ? 1.0 * spec.model.hidden : 0.0, 0}); // the dropout mask
}

} // namespace iccsim::workload
