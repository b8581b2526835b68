// A transformer's shape.
#pragma once

#include "iccsim/enum_table.hpp"

#include <string>
#include <vector>

namespace iccsim::scenario {

enum class AttentionKind { grouped_query, mla };
enum class Activation { gelu, relu, squared_relu, swiglu, geglu };
enum class PositionKind { learned, rotary, alibi, none };
enum class NormKind { layernorm, rmsnorm };
enum class WindowKind { sliding, chunks, state };

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434); dimensions in elements.
struct LatentAttention {
  int q_rank = 0; ///< 0: queries are not compressed
  int kv_rank = 0;
  int rope_dim = 0;
  int nope_dim = 0;
  int value_dim = 0;
};

/// DeepSeek sparse attention (arXiv 2512.02556, section 2.1): an indexer scores the whole context of each query, which
/// then attends to the latents of the `top_k` best tokens.
struct SparseAttention {
  int indexer_heads = 0;
  int indexer_head_dim = 0; ///< elements; all heads share one key of a token
  int top_k = 0;            ///< 0: attention is dense
};

/// Mixture of experts.
struct MoeSpec {
  int experts = 0; ///< routed experts a layer
  int top_k = 0;
  int shared = 0;             ///< shared experts, always active
  int expert_ffn = 0;         ///< intermediate size of one routed expert
  int shared_ffn = 0;         ///< of one shared expert; 0: as expert_ffn
  int first_dense_layers = 0; ///< these use the dense `ffn`
  int every = 1;              ///< every n-th layer is an MoE layer
  double imbalance = 1.0;     ///< tokens of the busiest expert rank over the mean
  /// A token's experts belong to at most `group_limit` of `groups` equal groups (DeepSeek-V3, arXiv 2412.19437, 2.1.2).
  int groups = 1;
  int group_limit = 0; ///< 0: any
};

/// scenarios/models/NAME.yaml, or `models:` of a scenario.
struct ModelSpec {
  std::string name;
  std::string title;
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0; ///< default: heads
  int head_dim = 0; ///< default: hidden / heads
  int ffn = 0;      ///< default: 4 x hidden (2/3 of that, rounded, is the user's to say for gated ones)
  int vocabulary = 0;
  int max_positions = 0; ///< rows of a learned position table; default: the sequence length of the job, 2048 if none
  Activation activation = Activation::gelu;
  PositionKind position = PositionKind::learned;
  NormKind norm = NormKind::layernorm;
  bool tied_embeddings = false;
  bool attention_bias =
      false;             ///< biases of the attention projections; GPT shapes: true (default when activation is gelu)
  bool qkv_bias = false; ///< biases of q, k, v only (Qwen2)
  bool ffn_bias = false;
  bool qk_norm = false;        ///< Qwen3: a norm per head on q and k
  bool embedding_norm = false; ///< BLOOM
  int mtp_layers = 0;          ///< multi-token-prediction modules trained beside the main model (DeepSeek-V3)
  AttentionKind attention = AttentionKind::grouped_query; ///< `attention: { type: mla, ... }`
  LatentAttention latent;
  /// `attention: { type: mla, sparse: ... }`. A model as read has `window` top_k in all layers then.
  SparseAttention sparse;
  /// `window`: context that windowed layers attend to (of a linear layer: its state in KV tokens); 0: no such layers.
  int window = 0;
  /// `full_attention_every`: every n-th layer attends to the whole context, the others to `window`; 0: none does.
  int full_attention_every = 1;
  WindowKind window_kind = WindowKind::sliding;
  MoeSpec moe;                     ///< experts 0: dense
  double published_parameters = 0; ///< `parameters`: the total that the source prints, for checks; 0: none
  std::vector<std::string> sources;

  bool gated() const { return activation == Activation::swiglu || activation == Activation::geglu; }
  bool has_moe() const { return moe.experts > 0; }
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::AttentionKind> {
  using K = scenario::AttentionKind;
  static constexpr EnumRow<K> rows[] = {
      {K::grouped_query, "gqa", "multi-head, grouped-query or multi-query, by kv_heads"},
      {K::mla, "mla", "multi-head latent attention"},
  };
};
template <> struct EnumTable<scenario::WindowKind> {
  using K = scenario::WindowKind;
  static constexpr EnumRow<K> rows[] = {
      {K::sliding, "sliding", "the last `window` tokens"},
      {K::chunks, "chunks", "the piece of `window` tokens that a token lies in (Llama 4)"},
      {K::state, "state", "a linear layer: its state is as large as the KV of `window` tokens"},
  };
};
template <> struct EnumTable<scenario::Activation> {
  using K = scenario::Activation;
  static constexpr EnumRow<K> rows[] = {
      {K::gelu, "gelu", "two matrices"},
      {K::relu, "relu", "two matrices"},
      {K::squared_relu, "squared_relu", "two matrices (Nemotron)"},
      {K::swiglu, "swiglu", "gated, three matrices"},
      {K::geglu, "geglu", "gated, three matrices"},
  };
};
template <> struct EnumTable<scenario::PositionKind> {
  using K = scenario::PositionKind;
  static constexpr EnumRow<K> rows[] = {
      {K::learned, "learned", "a trained table"},
      {K::rotary, "rotary", "RoPE"},
      {K::alibi, "alibi", "biases on scores"},
      {K::none, "none", "no position information"},
  };
};
template <> struct EnumTable<scenario::NormKind> {
  using K = scenario::NormKind;
  static constexpr EnumRow<K> rows[] = {
      {K::layernorm, "layernorm", "mean and variance, scale and bias"},
      {K::rmsnorm, "rmsnorm", "scale only"},
  };
};
} // namespace iccsim
