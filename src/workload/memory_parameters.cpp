// Parameters on a card: what tensor, pipeline and expert parallelism leave of them.
#include "workload/memory_parts.hpp"

namespace iccsim::workload {

using scenario::PretrainingSpec;

CardParameters layer_on_card(const PretrainingSpec& spec, const Plan& plan, int index) {
  const LayerParameters layer = layer_parameters(spec.model, index);
  CardParameters card;
  card.dense = (layer.attention + layer.dense_ffn) / plan.tensor() + layer.router + layer.norms;
  card.experts = layer.experts / (double(plan.expert()) * plan.expert_tensor());
  return card;
}

CardParameters stage_on_card(const PretrainingSpec& spec, const Plan& plan, int stage) {
  CardParameters sum;
  bool embedding = false;
  bool head = false;
  for (int c = 0; c < plan.chunks(); ++c) {
    const Chunk& chunk = plan.chunk(stage, c);
    for (int i = chunk.first_layer; i < chunk.first_layer + chunk.layers; ++i) {
      const CardParameters layer = layer_on_card(spec, plan, i);
      sum.dense += layer.dense;
      sum.experts += layer.experts;
    }
    embedding = embedding || chunk.embedding;
    head = head || chunk.head;
  }
  if (embedding) {
    sum.dense += embedding_parameters(spec.model) / plan.tensor();
  }
  if (head) {
    sum.dense += output_head_parameters(spec.model) / plan.tensor();
    if (spec.model.tied_embeddings && !embedding) { // the tied table lives on the last stage too
      sum.dense += double(spec.model.vocabulary) * spec.model.hidden / plan.tensor();
    }
  }
  return sum;
}

} // namespace iccsim::workload
