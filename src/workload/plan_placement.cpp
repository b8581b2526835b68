#include "workload/plan_placement.hpp"

namespace iccsim::workload {

using scenario::PretrainingSpec;
using scenario::Schedule;

namespace {

int virtual_stages(const PretrainingSpec& spec) {
  const auto& p = spec.parallelism;
  return p.schedule == Schedule::dualpipe ? p.pipeline : p.pipeline * p.virtual_stages;
}

/// Spreads `layers` over the virtual stages `where`; what does not divide goes to inner stages first, since the first
/// one holds the embedding and the most micro-batches in flight, and the last one the head.
void spread(std::vector<int>& stages, const std::vector<int>& where, int layers) {
  if (where.empty()) {
    return;
  }
  const int count = static_cast<int>(where.size());
  int extra = layers % count;
  for (int stage : where) {
    stages[stage] = layers / count;
  }
  const int last = static_cast<int>(stages.size()) - 1;
  for (bool inner : {true, false}) {
    for (int stage : where) {
      if (extra > 0 && (stage > 0 && stage < last) == inner) {
        ++stages[stage];
        --extra;
      }
    }
  }
}

/// The virtual stages of pipeline ranks [first, last), in order.
std::vector<int> virtual_stages_of(int first, int last, int pipeline, int stages) {
  std::vector<int> list;
  for (int stage = 0; stage < stages; ++stage) {
    if (stage % pipeline >= first && stage % pipeline < last) {
      list.push_back(stage);
    }
  }
  return list;
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
  const auto& p = spec.parallelism;
  std::vector<int> layers(virtual_stages(spec), 0);
  const int stages = static_cast<int>(layers.size());
  const int given_first = p.pipeline > 1 ? p.first_stage_layers : 0;
  const int given_last = p.pipeline > 1 ? p.last_stage_layers : 0;
  if (given_first > 0) {
    spread(layers, virtual_stages_of(0, 1, p.pipeline, stages), given_first);
  }
  if (given_last > 0) {
    spread(layers, virtual_stages_of(p.pipeline - 1, p.pipeline, p.pipeline, stages), given_last);
  }
  const int first = given_first > 0 ? 1 : 0;
  const int last = given_last > 0 ? p.pipeline - 1 : p.pipeline;
  spread(layers, virtual_stages_of(first, last, p.pipeline, stages), spec.model.layers - given_first - given_last);
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
