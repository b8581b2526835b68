// What a draft model costs beside the model that it drafts for.
#include "scenario/inference_keys.hpp"
#include "scenario/reference.hpp"
#include "scenario/specs.hpp"

#include <algorithm>

namespace iccsim::scenario {
namespace {

double attention_elements(const ModelSpec& m) {
  const double hidden = m.hidden, heads = m.heads;
  if (m.attention == AttentionKind::mla) {
    const LatentAttention& l = m.latent;
    const double queries = heads * (l.nope_dim + l.rope_dim);
    return (l.q_rank > 0 ? l.q_rank * (hidden + queries) : hidden * queries) + hidden * (l.kv_rank + l.rope_dim) +
           l.kv_rank * heads * (l.nope_dim + l.value_dim) + heads * l.value_dim * hidden;
  }
  return hidden * m.head_dim * (2 * heads + 2.0 * m.kv_heads);
}

/// Elements of the matrices that one token passes through.
double active_elements(const ModelSpec& m) {
  const double matrices = m.gated() ? 3 : 2;
  double ffn = 1.0 * m.layers * m.ffn;
  if (m.has_moe()) {
    const int experts_from = m.moe.first_dense_layers;
    const double moe_layers = static_cast<double>((m.layers - experts_from) / m.moe.every);
    const double shared = 1.0 * m.moe.shared * (m.moe.shared_ffn > 0 ? m.moe.shared_ffn : m.moe.expert_ffn);
    ffn = (m.layers - moe_layers) * m.ffn + moe_layers * (1.0 * m.moe.top_k * m.moe.expert_ffn + shared);
  }
  return m.layers * attention_elements(m) + matrices * m.hidden * ffn + 1.0 * m.vocabulary * m.hidden;
}

} // namespace

std::vector<std::string> known_models(Reading& reading) {
  std::vector<std::string> known = reading.names("models");
  if (reading.own_models != nullptr) {
    for (const Tree::Entry& entry : reading.own_models->entries) {
      known.push_back(entry.key);
    }
  }
  return known;
}

/// A draft token is a pass of the draft model, and small passes take as long as their weights take to read (Leviathan
/// et al., arXiv 2211.17192, section 3.4: the cost coefficient c). A name that leads nowhere is left to the rules.
void price_draft(const Value& draft, Reading& reading, const ModelSpec& model, SpeculativeSpec& speculative) {
  const std::vector<std::string> known = known_models(reading);
  const bool named = std::find(known.begin(), known.end(), speculative.draft) != known.end();
  if (!named || !reading.trusts(draft.path)) {
    return;
  }
  ModelSpec drafter;
  if (read_reference(draft, LibraryKind::models, reading, model_keys(), drafter, finish_model)) {
    speculative.draft_cost = active_elements(drafter) / active_elements(model);
  }
}

} // namespace iccsim::scenario
