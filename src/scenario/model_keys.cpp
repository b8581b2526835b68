// models: of a scenario, scenarios/models/NAME.yaml
#include "scenario/file_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using M = ModelSpec;

/// Sizes in elements; no published model comes near the bound.
constexpr double largest_size = 100e6;

/// `attention: { type: mla, ... }` fills three members of the model.
struct AttentionRow {
  AttentionKind kind = AttentionKind::grouped_query;
  LatentAttention latent;
  SparseAttention sparse;
};

const Keys<SparseAttention>& sparse_keys() {
  using S = SparseAttention;
  static const Keys<S> keys = {
      required(integer("indexer_heads", &S::indexer_heads, "heads that score the whole context", 1, 65536)),
      required(integer("indexer_head_dim", &S::indexer_head_dim, "size of one; a token has one key for all of them", 1,
                       largest_size)),
      required(integer("top_k", &S::top_k, "tokens of the best scores that a query attends to", 1, largest_size)),
  };
  return keys;
}

Key<AttentionRow> latent_size(std::string name, int LatentAttention::*member, double low, std::string meaning) {
  return custom<AttentionRow>(std::move(name), "a whole number", std::move(meaning),
                              [member, low](const Value& value, Reading& reading, AttentionRow& row) {
                                if (auto read = read_integer(value, reading, range::between(low, largest_size))) {
                                  row.latent.*member = *read;
                                }
                              });
}

const Keys<AttentionRow>& attention_keys() {
  using A = AttentionRow;
  static const Keys<A> keys = {
      choice("type", &A::kind, "which attention"),
      latent_size("q_rank", &LatentAttention::q_rank, 0, "mla: of the compressed queries, 0 leaves them whole"),
      latent_size("kv_rank", &LatentAttention::kv_rank, 1, "mla: of the compressed keys and values"),
      latent_size("rope_dim", &LatentAttention::rope_dim, 1, "mla: of a head's rotary part"),
      latent_size("nope_dim", &LatentAttention::nope_dim, 1, "mla: of a head's part without positions"),
      latent_size("value_dim", &LatentAttention::value_dim, 1, "mla: of a head's values"),
      section("sparse", &A::sparse, sparse_keys, "mla: an indexer picks the tokens that a query attends to"),
  };
  return keys;
}

void read_attention(const Value& value, Reading& reading, M& model) {
  AttentionRow row;
  if (value.tree->is_scalar()) {
    if (const auto kind = read_choice<AttentionKind>(value, reading)) {
      row.kind = *kind;
    }
  } else {
    read_mapping(value, reading, attention_keys(), row);
  }
  model.attention = row.kind;
  model.latent = row.latent;
  model.sparse = row.sparse;
}

const Keys<MoeSpec>& moe_keys() {
  using E = MoeSpec;
  static const Keys<E> keys = {
      required(integer("experts", &E::experts, "routed experts of a layer", 1, 65536)),
      required(integer("top_k", &E::top_k, "experts that a token uses", 1, 65536)),
      integer("shared", &E::shared, "shared experts, always active", 0, 1024),
      required(integer("expert_ffn", &E::expert_ffn, "intermediate size of one routed expert", 1, largest_size)),
      integer("shared_ffn", &E::shared_ffn, "of one shared expert; 0: as expert_ffn", 0, largest_size),
      integer("first_dense_layers", &E::first_dense_layers, "layers at the start with the dense ffn", 0, 100'000),
      integer("every", &E::every, "every n-th layer is an MoE layer", 1, 100'000),
      integer("groups", &E::groups, "equal groups of routed experts", 1, 65536),
      by_default(integer("group_limit", &E::group_limit, "groups that a token's experts come from, at most", 1, 65536),
                 "all"),
      ratio("imbalance", &E::imbalance, range::at_least_one, "tokens of the busiest expert rank over the mean"),
  };
  return keys;
}

Keys<M> shape_keys() {
  Key<M> attention = custom<M>("attention", "a mapping, or gqa", "grouped-query or multi-head latent", read_attention);
  attention.info.children = [] { return infos_of(attention_keys()); };
  return {
      required(integer("layers", &M::layers, "transformer layers", 1, 100'000)),
      required(integer("hidden", &M::hidden, "size of the residual stream", 1, largest_size)),
      required(integer("heads", &M::heads, "of attention", 1, 1'000'000)),
      by_default(integer("kv_heads", &M::kv_heads, "heads of keys and values", 1, 1'000'000), "heads"),
      by_default(integer("head_dim", &M::head_dim, "size of a head", 1, largest_size), "hidden / heads"),
      by_default(integer("ffn", &M::ffn, "intermediate size of the dense FFN", 1, largest_size), "4 x hidden"),
      required(integer("vocabulary", &M::vocabulary, "tokens", 1, largest_size)),
      by_default(integer("max_positions", &M::max_positions, "rows of a learned position table", 1, largest_size),
                 "the job's sequence length"),
      std::move(attention),
      by_default(integer("window", &M::window, "context that windowed layers attend to, tokens", 1, largest_size),
                 "every layer attends to all"),
      integer("full_attention_every", &M::full_attention_every,
              "every n-th layer attends to all, the others to window; 0: none does", 0, 100'000),
      choice("window_kind", &M::window_kind, "what a window is"),
      section("moe", &M::moe, moe_keys, "mixture of experts"),
      integer("mtp_layers", &M::mtp_layers, "multi-token-prediction modules", 0, 1000),
  };
}

Keys<M> detail_keys() {
  return {
      choice("activation", &M::activation, "of the FFN"),
      choice("position", &M::position, "position information"),
      choice("norm", &M::norm, "normalization"),
      flag("tied_embeddings", &M::tied_embeddings, "the output head shares the token table"),
      by_default(flag("attention_bias", &M::attention_bias, "biases of the attention projections"),
                 "true with gelu, else false"),
      flag("qkv_bias", &M::qkv_bias, "biases of q, k and v only"),
      by_default(flag("ffn_bias", &M::ffn_bias, "biases of the FFN"), "true with gelu, else false"),
      flag("qk_norm", &M::qk_norm, "a norm for each head of q and k"),
      flag("embedding_norm", &M::embedding_norm, "a norm behind the embedding"),
      quantity("parameters", &M::published_parameters, Dimension::count, range::positive,
               "the total that the source prints"),
      text("title", &M::title, "one line for people"),
      texts("sources", &M::sources, "where the numbers are printed"),
  };
}

} // namespace

const Keys<M>& model_keys() {
  static const Keys<M> keys = together<M>(together<M>(file_keys<M>(), shape_keys()), detail_keys());
  return keys;
}

} // namespace iccsim::scenario
