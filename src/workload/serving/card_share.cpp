#include "card_share.hpp"

#include "iccsim/workload/transformer.hpp"
#include "workload/transformer_shape.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload::serving {

namespace {

void count_layers(const scenario::ModelSpec& model, bool windowed_kv, CardShare& share) {
  for (int layer = 0; layer < model.layers; ++layer) {
    (is_moe_layer(model, layer) ? share.moe_layers : share.dense_layers) += 1;
  }
  share.full_layers = model.layers;
  if (model.window > 0) {
    share.full_layers =
        model.full_attention_every > 0 ? std::floor(double(model.layers) / model.full_attention_every) : 0;
    share.windowed_layers = model.layers - share.full_layers;
  }
  const bool dropped = windowed_kv || model.window_kind == scenario::WindowKind::state;
  share.kv_layers = dropped && share.full_layers > 0 ? share.full_layers : share.layers();
}

/// What the model says, else how routing by learned gates loads ranks: measured grouped products with choices by a
/// power law take 1.4 times as long as even ones on 4 ranks and 1.6 times on 8 (aiconfigurator tables); prompts of real
/// use are between. With copies of busy experts prompts on 32 ranks take 1.18 times as long in all as even ones (6,688
/// against 5,655 tokens/s a card, arXiv 2506.12708; 59,337 against 50,302 a node, LMSYS blog 2025-05-05), experts and
/// their exchange alone 1.3 times; decodes on 72 to 160 ranks show no more.
double expert_imbalance(const scenario::MoeSpec& moe, const scenario::ReplicasSpec& replica) {
  if (moe.imbalance > 1) {
    return moe.imbalance;
  }
  const double ranks = replica.expert;
  return 1.0 + (replica.expert_balancing ? 0.06 * std::log2(std::min(ranks, 32.0)) : 0.15 * std::log2(ranks));
}

/// Tokens within the window of a token with `context` before it, summed from the first token on.
double window_tokens(const scenario::ModelSpec& model, double context) {
  const double window = model.window;
  if (model.window_kind == scenario::WindowKind::chunks) {
    const double whole = std::floor(context / window);
    const double rest = context - whole * window;
    return (whole * window * window + rest * rest) / 2;
  }
  const double growing = std::min(context, window);
  return growing * growing / 2 + (context - growing) * window;
}

} // namespace

CardShare with_window_reads(CardShare share, const scenario::ModelSpec& model, const scenario::RequestsSpec& requests) {
  const double prompt = requests.prompt.mean;
  const double output = std::max(1.0, requests.output.mean);
  const bool long_ones = prompt <= 0 || model.window_kind == scenario::WindowKind::state;
  share.growing_layers = share.full_layers;
  if (model.sparse.top_k > 0) {
    // A decode takes as long with 1,024 tokens of context as with 131,072: places beyond the context are masked, not
    // skipped (alibaba/InferSim, bench_data/dsa/decode).
    share.window_read = model.sparse.top_k;
  } else if (long_ones) {
    share.window_read = model.window_kind == scenario::WindowKind::chunks ? model.window / 2.0 : model.window;
  } else if (prompt + output <= model.window) {
    share.growing_layers = share.layers();
  } else if (model.window > 0) {
    share.window_read = (window_tokens(model, prompt + output) - window_tokens(model, prompt)) / output;
  }
  return share;
}

CardShare card_share(const scenario::ModelSpec& model, const scenario::ReplicasSpec& replica, bool windowed_kv) {
  CardShare share;
  share.tensor = replica.tensor;
  share.data = replica.data;
  share.pipeline = replica.pipeline;
  share.expert = replica.expert;
  share.expert_tensor =
      replica.expert_tensor > 0 ? replica.expert_tensor : std::max(1.0, share.tensor * share.data / share.expert);
  share.hidden = model.hidden;
  share.query_heads = std::ceil(model.heads / share.tensor);
  share.kv_heads = std::max(1.0, std::ceil(kv_heads(model) / share.tensor));
  share.head_dim = head_size(model);
  share.ffn = dense_ffn(model) / share.tensor;
  share.vocabulary = std::ceil(model.vocabulary / share.tensor);
  if (model.has_moe()) {
    share.shared_ffn = model.moe.shared * shared_ffn(model) / share.tensor;
    share.local_experts = (model.moe.experts + replica.redundant_experts) / share.expert;
    share.expert_ffn = model.moe.expert_ffn / share.expert_tensor;
    share.imbalance = expert_imbalance(model.moe, replica);
  }
  count_layers(model, windowed_kv, share);
  return share;
}

} // namespace iccsim::workload::serving
