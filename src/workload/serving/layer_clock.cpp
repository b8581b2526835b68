#include "layer_clock.hpp"

#include "memory_share.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload::serving {

using scenario::AttentionKind;

double reached_experts(double held, double experts, double top_k, double tokens) {
  return held * -std::expm1(tokens * std::log1p(-std::min(top_k / experts, 1.0 - 1e-12)));
}

KernelTally LayerClock::product(const MatrixFormat& format, double m, double n, double k, double count) const {
  if (m <= 0 || n <= 0) {
    return {};
  }
  const Product shape{m, n, k, count, format.weight_bytes, format.activation_bytes, format.unit};
  return {clock_.product_s(shape), 1};
}

KernelTally LayerClock::memory(double bytes, double launches) const {
  return {clock_.memory_s(bytes), launches};
}

KernelTally LayerClock::attention_projections(double tokens) const {
  const double dim = share_.head_dim;
  KernelTally sum = memory(6 * tokens * share_.hidden); // norm and residual: read two, write one
  sum += product(formats_.attention, tokens, (share_.query_heads + 2 * share_.kv_heads) * dim, share_.hidden);
  // Positions (and norms) of queries and keys in place, then keys and values go to their blocks.
  sum += memory(4 * tokens * (share_.query_heads + 2 * share_.kv_heads) * dim, model_.qk_norm ? 3 : 2);
  sum += product(formats_.output, tokens, share_.hidden, share_.query_heads * dim);
  return sum;
}

KernelTally LayerClock::latent_down_projections(double tokens) const {
  const auto& latent = model_.latent;
  const MatrixFormat& format = formats_.attention;
  const double query = share_.query_heads * (latent.nope_dim + latent.rope_dim);
  if (latent.q_rank <= 0) {
    return product(format, tokens, query + latent.kv_rank + latent.rope_dim, share_.hidden);
  }
  // One product for both down-projections, a norm of the latents.
  KernelTally sum = product(format, tokens, latent.q_rank + latent.kv_rank + latent.rope_dim, share_.hidden);
  sum += memory(4 * tokens * (latent.q_rank + latent.kv_rank));
  sum += product(format, tokens, query, latent.q_rank);
  return sum;
}

/// Prompts attend to all of their tokens though there is an indexer, where the engine does so and they (in the mean)
/// end within its choice.
bool LayerClock::dense_prompts(const IterationLoad& load) const {
  if (!sparse()) {
    return true;
  }
  const double chunk = load.prompt_tokens / std::max(1.0, load.prompt_sequences);
  const double end = load.prompt_tokens > 0 ? load.prompt_pairs / load.prompt_tokens + (chunk - 1) / 2 : 0;
  return dense_short_prompts_ && end <= model_.sparse.top_k;
}

// DeepSeek-V2 (arXiv 2405.04434, section 2.1 and appendix C): prompts expand keys and values from the latent; decodes
// absorb the expansion into the queries and the outputs, and read the latent alone. So do prompts that attend to picked
// tokens, since each query has others (DeepSeek-V3.2, arXiv 2512.02556, section 2.1).
KernelTally LayerClock::latent_projections(const IterationLoad& load) const {
  const auto& latent = model_.latent;
  const MatrixFormat& format = formats_.attention;
  const double tokens = load.prompt_tokens + load.decode_tokens;
  const double heads = share_.query_heads;
  const double query = heads * (latent.nope_dim + latent.rope_dim);
  KernelTally sum = memory(6 * tokens * share_.hidden);
  sum += latent_down_projections(tokens);
  sum += memory(4 * tokens * (query + latent.kv_rank), 2);
  const double absorbed = dense_prompts(load) ? load.decode_tokens : tokens;
  sum += product(format, tokens - absorbed, heads * (latent.nope_dim + latent.value_dim), latent.kv_rank);
  sum += product(format, absorbed, latent.kv_rank, latent.nope_dim, heads);
  sum += product(format, absorbed, latent.value_dim, latent.kv_rank, heads);
  sum += product(formats_.output, tokens, share_.hidden, heads * latent.value_dim);
  return sum;
}

double LayerClock::absorbed_flops(double pairs) const {
  const auto& latent = model_.latent;
  const double tile = sparse() ? clock_.head_tile() : 1;
  const double rows = std::ceil(share_.query_heads / tile) * tile;
  return 2 * pairs * rows * (2.0 * latent.kv_rank + latent.rope_dim);
}

// Kernels walk all top_k places of a query, those beyond a short context as well: they mask them
// (deepseek-ai/FlashMLA@e77c306, csrc/sm90/prefill/sparse/fwd.cu). Gathered latents stay in the cache of the chip.
KernelTally LayerClock::sparse_prompt_attention(const IterationLoad& load) const {
  const auto& latent = model_.latent;
  const double bytes = 2 * load.prompt_tokens * share_.query_heads * (2.0 * latent.kv_rank + latent.rope_dim);
  const double flops = absorbed_flops(load.prompt_tokens * model_.sparse.top_k);
  return KernelTally{clock_.sparse_prompt_s(flops, bytes), 1}.times(share_.layers());
}

/// Seconds in which the indexer scores `pairs` of tokens: scores of 32 bits are written, and read by the choice.
double LayerClock::index_pairs_s(double pairs, double key_bytes) const {
  const auto& sparse = model_.sparse;
  const double flops = 2 * pairs * sparse.indexer_heads * sparse.indexer_head_dim;
  return clock_.index_scores_s(flops, key_bytes + 2 * 4 * pairs);
}

// Every card of a group has the whole indexer: projections of queries, keys and weights of heads, positions and their
// conversion to 8 bits, then scores and the choice (DeepSeek-V3.2, arXiv 2512.02556, section 2.1). Of prompts that
// attend to all of their tokens keys are kept alone.
KernelTally LayerClock::indexer(const IterationLoad& load) const {
  const auto& sparse = model_.sparse;
  const MatrixFormat& format = formats_.attention;
  const double tokens = load.prompt_tokens + load.decode_tokens;
  const double scored = dense_prompts(load) ? load.decode_tokens : tokens;
  const double queries = double(sparse.indexer_heads) * sparse.indexer_head_dim;
  KernelTally layer = product(format, scored, queries, model_.latent.q_rank > 0 ? model_.latent.q_rank : share_.hidden);
  layer += product(format, tokens, sparse.indexer_head_dim + sparse.indexer_heads, share_.hidden);
  layer += memory(3 * (scored * queries + tokens * sparse.indexer_head_dim), 2);
  layer += memory(4 * scored * sparse.top_k); // chosen places
  if (load.prompt_tokens > 0 && !dense_prompts(load)) {
    layer += KernelTally{index_pairs_s(load.prompt_pairs, load.prompt_tokens * index_key_bytes(model_)), 1};
  }
  return layer.times(share_.layers());
}

KernelTally LayerClock::prompt_attention(const IterationLoad& load) const {
  if (load.prompt_tokens <= 0) {
    return {};
  }
  if (!dense_prompts(load)) {
    return sparse_prompt_attention(load);
  }
  const bool latent = model_.attention == AttentionKind::mla;
  const double score = latent ? model_.latent.nope_dim + model_.latent.rope_dim : share_.head_dim;
  const double value = latent ? model_.latent.value_dim : share_.head_dim;
  const double heads = share_.query_heads;
  const double keys = latent ? heads : share_.kv_heads;
  const double bytes = 2 * load.prompt_tokens * (heads + keys) * (score + value);
  const auto layer = [&](double pairs) {
    return KernelTally{clock_.prompt_attention_s(2 * pairs * heads * (score + value), bytes, (score + value) / 2), 1};
  };
  KernelTally sum = layer(load.prompt_pairs).times(share_.full_layers);
  const double keys_in_window =
      model_.window_kind == scenario::WindowKind::chunks ? model_.window / 2.0 : model_.window;
  sum += layer(std::min(load.prompt_pairs, load.prompt_tokens * keys_in_window)).times(share_.windowed_layers);
  return sum;
}

double LayerClock::context_layer_s(double queries, bool by_head) const {
  if (model_.attention == AttentionKind::mla) {
    const double width = model_.latent.kv_rank + model_.latent.rope_dim;
    const double flops = absorbed_flops(queries);
    const double bytes = width * formats_.kv_bytes;
    return sparse() ? clock_.sparse_decode_s(flops, bytes) : clock_.decode_attention_s(flops, bytes, true);
  }
  const double flops = 4 * queries * share_.query_heads * share_.head_dim;
  const double readers = by_head ? share_.query_heads : share_.kv_heads;
  return clock_.decode_attention_s(flops, 2 * readers * share_.head_dim * formats_.kv_bytes, false);
}

double LayerClock::context_s(double queries) const {
  const double scores_s = sparse() ? share_.layers() * index_pairs_s(queries, index_key_bytes(model_)) : 0;
  return share_.growing_layers * context_layer_s(queries, false) + scores_s;
}

/// Decodes in chunks read KV once for each query head: TensorRT-LLM's kernels whose query heads share what they read
/// know no chunks before Blackwell (NVIDIA/TensorRT-LLM, decoderXQAImplJIT/kernelUtils.cpp; pull request 6438 names the
/// regression), so that those of single heads take over. Requests within one chunk do without chunks (attentionOp.cpp,
/// DisableChunkedAttentionInGenPhase).
bool LayerClock::windows_by_head() const {
  return clock_.serving().chunks_by_head && model_.window_kind == scenario::WindowKind::chunks;
}

KernelTally LayerClock::decode_attention(const IterationLoad& load) const {
  if (load.decode_sequences <= 0) {
    return {};
  }
  const double queries = load.decode_tokens / load.decode_sequences;
  const double windows = load.decode_sequences * share_.window_read * context_layer_s(queries, windows_by_head());
  KernelTally sum;
  const auto& serving = clock_.serving();
  const bool latent = model_.attention == AttentionKind::mla && serving.latent_decode_launch_s > 0;
  const double launch_s = latent ? serving.latent_decode_launch_s : serving.decode_attention_launch_s;
  sum.seconds = (share_.layers() - share_.growing_layers) * windows + share_.layers() * launch_s;
  sum.launches = share_.layers();
  return sum;
}

KernelTally LayerClock::dense_ffn(double tokens, double width) const {
  if (width <= 0) {
    return {};
  }
  const double inputs = model_.gated() ? 2 : 1;
  KernelTally sum = product(formats_.dense, tokens, inputs * width, share_.hidden);
  sum += memory(2 * (inputs + 1) * tokens * width);
  sum += product(formats_.dense, tokens, share_.hidden, width);
  return sum;
}

KernelTally LayerClock::router(double tokens) const {
  const double experts = model_.moe.experts;
  const Product gate{tokens, experts, share_.hidden, 1, 2, 2, scenario::Precision::bf16};
  KernelTally sum{clock_.product_s(gate), 1};
  sum += memory(8 * tokens * experts);
  return sum;
}

KernelTally LayerClock::experts(double tokens) const {
  const auto& moe = model_.moe;
  if (!model_.has_moe() || tokens <= 0) {
    return {};
  }
  // The busiest rank has `imbalance` times the mean of rows.
  const double rows = tokens * moe.top_k / share_.expert * share_.imbalance;
  const double active = reached_experts(share_.local_experts, moe.experts, moe.top_k, tokens);
  const double inputs = model_.gated() ? 2 : 1;
  const MatrixFormat& format = formats_.expert;
  GroupedProduct up{
      rows,       active, inputs * share_.expert_ffn, share_.hidden, format.weight_bytes, format.activation_bytes,
      format.unit};
  up.widened = format.weight_bytes < format.activation_bytes;
  GroupedProduct down = up;
  down.n = share_.hidden;
  down.k = share_.expert_ffn;
  KernelTally sum{clock_.grouped_s(up) + clock_.grouped_s(down), 2};
  // Rows into expert order, the activation, and the weighted sum of each token's rows.
  sum += memory(4 * rows * share_.hidden, 2);
  sum += memory(2 * (inputs + 1) * rows * share_.expert_ffn);
  sum += memory(2 * rows * share_.hidden + 2 * tokens * share_.hidden);
  sum.seconds += clock_.serving().expert_call_s;
  return sum.times(share_.moe_layers);
}

KernelTally LayerClock::head(const IterationLoad& load) const {
  const double rows = load.prompt_sequences + load.decode_tokens;
  const Product logits{rows, share_.vocabulary, share_.hidden, 1, 2, 2, scenario::Precision::bf16};
  KernelTally sum{clock_.product_s(logits), 1};
  // Logits in 32 bits are read and written by the sampler's passes: temperature, softmax, choice.
  sum += memory(6 * 4 * rows * model_.vocabulary, 4);
  return sum;
}

KernelTally LayerClock::group(const IterationLoad& load, const IterationLoad& filled) const {
  const double tokens = filled.prompt_tokens + filled.decode_tokens;
  if (tokens <= 0) {
    return {};
  }
  KernelTally layer =
      model_.attention == AttentionKind::mla ? latent_projections(filled) : attention_projections(tokens);
  layer += memory(6 * tokens * share_.hidden); // the norm before the FFN
  KernelTally sum = layer.times(share_.layers());
  if (sparse()) {
    sum += indexer(load);
  }
  sum += prompt_attention(load);
  sum += decode_attention(load);
  sum += dense_ffn(tokens, share_.ffn).times(share_.dense_layers);
  if (share_.moe_layers > 0) {
    sum += dense_ffn(tokens, share_.shared_ffn).times(share_.moe_layers);
    sum += router(tokens).times(share_.moe_layers);
  }
  sum += head(filled);
  return sum;
}

} // namespace iccsim::workload::serving
