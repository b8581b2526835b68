// Defaults of a model that follow from other keys, and shapes that cannot be.
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

using M = ModelSpec;

std::optional<Mistake> heads_divide_hidden(const M& m) {
  if (m.head_dim > 0 || m.attention == AttentionKind::mla || m.hidden % m.heads == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("hidden {} is not divisible by heads {}", m.hidden, m.heads),
                 "a divisor of hidden, or head_dim", ""};
}

std::optional<Mistake> kv_heads_divide_heads(const M& m) {
  if (m.kv_heads == 0 || m.heads % m.kv_heads == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("heads {} is not divisible by kv_heads {}", m.heads, m.kv_heads), "a divisor of heads",
                 ""};
}

std::optional<Mistake> latent_is_whole(const M& m) {
  const LatentAttention& l = m.latent;
  const bool any = l.q_rank + l.kv_rank + l.rope_dim + l.nope_dim + l.value_dim > 0;
  const bool all = l.kv_rank > 0 && l.rope_dim > 0 && l.nope_dim > 0 && l.value_dim > 0;
  if (m.attention == AttentionKind::mla && !all) {
    return Mistake{"multi-head latent attention lacks a size", "kv_rank, rope_dim, nope_dim and value_dim", ""};
  }
  if (m.attention != AttentionKind::mla && any) {
    return Mistake{"these sizes belong to multi-head latent attention", "type: mla", ""};
  }
  return std::nullopt;
}

std::optional<Mistake> picked_tokens_are_latents(const M& m) {
  if (m.sparse.top_k > 0 && m.attention != AttentionKind::mla) {
    return Mistake{"sparse attention reads latents", "type: mla", ""};
  }
  if (m.sparse.top_k > 0 && m.window > 0 && m.window != m.sparse.top_k) {
    return Mistake{fmt::format("a window of {} beside an indexer that picks {} tokens", m.window, m.sparse.top_k),
                   "one of the two", ""};
  }
  return std::nullopt;
}

std::optional<Mistake> tokens_use_existing_experts(const M& m) {
  if (m.moe.top_k <= m.moe.experts) {
    return std::nullopt;
  }
  return Mistake{fmt::format("a token uses {} experts of {}", m.moe.top_k, m.moe.experts), "at most experts", ""};
}

std::optional<Mistake> groups_share_the_experts(const M& m) {
  if (!m.has_moe() || m.moe.experts % m.moe.groups == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} experts do not divide into {} groups", m.moe.experts, m.moe.groups),
                 "a divisor of experts", ""};
}

std::optional<Mistake> allowed_groups_hold_the_choices(const M& m) {
  const auto& moe = m.moe;
  if (!m.has_moe() || moe.group_limit == 0) {
    return std::nullopt;
  }
  if (moe.group_limit > moe.groups) {
    return Mistake{fmt::format("{} of {} groups", moe.group_limit, moe.groups), "at most groups", ""};
  }
  const double held = double(moe.group_limit) * moe.experts / moe.groups;
  if (moe.top_k <= held) {
    return std::nullopt;
  }
  return Mistake{fmt::format("a token uses {} experts, {} groups have {}", moe.top_k, moe.group_limit, held),
                 "groups that hold top_k experts", ""};
}

std::optional<Mistake> dense_layers_exist(const M& m) {
  if (m.moe.first_dense_layers <= m.layers) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} dense layers in a model of {}", m.moe.first_dense_layers, m.layers), "at most layers",
                 ""};
}

} // namespace

void finish_model(const Value& root, Reading& reading, M& model) {
  static const std::vector<Rule<M>> rules = {
      {{"heads", "hidden", "head_dim", "attention"}, heads_divide_hidden},
      {{"kv_heads", "heads"}, kv_heads_divide_heads},
      {{"attention"}, latent_is_whole},
      {{"attention", "window"}, picked_tokens_are_latents},
      {{"moe.top_k", "moe.experts"}, tokens_use_existing_experts},
      {{"moe.groups", "moe.experts"}, groups_share_the_experts},
      {{"moe.group_limit", "moe.groups", "moe.top_k"}, allowed_groups_hold_the_choices},
      {{"moe.first_dense_layers", "layers"}, dense_layers_exist},
  };
  if (model.heads > 0) { // else it is missing, and reported
    apply(rules, model, root, reading);
    model.kv_heads = model.kv_heads > 0 ? model.kv_heads : model.heads;
    model.head_dim = model.head_dim > 0 ? model.head_dim : model.hidden / model.heads;
  }
  if (model.sparse.top_k > 0) {
    model.window = model.sparse.top_k;
    model.full_attention_every = 0;
  }
  if (model.ffn == 0) {
    model.ffn = 4 * model.hidden;
  }
  const bool gpt_shape = model.activation == Activation::gelu; // GPT-2 and GPT-3 have biases everywhere
  model.attention_bias = root.tree->find("attention_bias") != nullptr ? model.attention_bias : gpt_shape;
  model.ffn_bias = root.tree->find("ffn_bias") != nullptr ? model.ffn_bias : gpt_shape;
}

} // namespace iccsim::scenario
