#include "workload/plan_placement.hpp"

#include <algorithm>

namespace iccsim::workload {

using scenario::PretrainingSpec;
using scenario::Schedule;

namespace {

int virtual_stages(const PretrainingSpec& spec) {
  const auto& p = spec.parallelism;
  return p.schedule == Schedule::dualpipe ? p.pipeline : p.pipeline * p.virtual_stages;
}

/// Spreads `layers` over stages [first, last); what does not divide goes to inner stages first, since the first one
/// holds the embedding and the most micro-batches in flight, and the last one the head.
void spread(std::vector<int>& stages, int first, int last, int layers) {
  const int count = last - first;
  if (count <= 0) {
    return;
  }
  std::fill(stages.begin() + first, stages.begin() + last, layers / count);
  int extra = layers % count;
  for (int i = first + 1; i < last - 1 && extra > 0; ++i, --extra) {
    ++stages[i];
  }
  if (extra > 0) {
    ++stages[first];
    --extra;
  }
  if (extra > 0) {
    ++stages[last - 1];
  }
}

std::vector<Chunk> chunks_in_order(const PretrainingSpec& spec) {
  const std::vector<int> layers = layers_of_virtual_stages(spec);
  std::vector<Chunk> chunks(layers.size());
  int next = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    chunks[i].first_layer = next;
    chunks[i].layers = layers[i];
    next += layers[i];
  }
  chunks.front().embedding = true;
  chunks.back().head = true;
  return chunks;
}

} // namespace

std::vector<int> layers_of_virtual_stages(const PretrainingSpec& spec) {
  const int stages = virtual_stages(spec);
  std::vector<int> layers(stages, 0);
  int first = 0;
  int last = stages;
  int rest = spec.model.layers;
  if (stages > 1 && spec.parallelism.first_stage_layers > 0) {
    layers[first++] = spec.parallelism.first_stage_layers;
    rest -= spec.parallelism.first_stage_layers;
  }
  if (stages > 1 && spec.parallelism.last_stage_layers > 0) {
    layers[--last] = spec.parallelism.last_stage_layers;
    rest -= spec.parallelism.last_stage_layers;
  }
  spread(layers, first, last, rest);
  return layers;
}

std::vector<std::vector<Chunk>> place_layers(const PretrainingSpec& spec) {
  const std::vector<Chunk> order = chunks_in_order(spec);
  const int pipeline = spec.parallelism.pipeline;
  const bool two_directions = spec.parallelism.schedule == Schedule::dualpipe;
  std::vector<std::vector<Chunk>> stages(pipeline);
  for (int stage = 0; stage < pipeline; ++stage) {
    if (two_directions) {
      stages[stage] = {order[stage], order[pipeline - 1 - stage]};
      continue;
    }
    for (int chunk = 0; chunk < spec.parallelism.virtual_stages; ++chunk) {
      stages[stage].push_back(order[chunk * pipeline + stage]);
    }
  }
  return stages;
}

} // namespace iccsim::workload
