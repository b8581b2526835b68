#include "engine/job/checkpoint_writers.hpp"

#include "iccsim/workload/transformer.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {
namespace {

using scenario::CheckpointWriters;

constexpr double alike = 0.01; // of the bytes of two stages

double stage_parameters(const scenario::ModelSpec& model, const workload::Plan& plan, int stage) {
  double sum = 0;
  for (int c = 0; c < plan.chunks(); ++c) {
    const workload::Chunk& chunk = plan.chunk(stage, c);
    sum += chunk.embedding ? workload::embedding_parameters(model) : 0;
    sum += chunk.head ? workload::output_head_parameters(model) : 0;
    for (int layer = chunk.first_layer; layer < chunk.first_layer + chunk.layers; ++layer) {
      sum += workload::layer_parameters(model, layer).total();
    }
  }
  return sum;
}

/// By stage. In all they are the model's: schedules that keep two copies of a layer write one.
std::vector<double> stage_bytes(const scenario::PretrainingSpec& spec, const workload::Plan& plan,
                                double checkpoint_bytes) {
  std::vector<double> bytes;
  double sum = 0;
  for (int stage = 0; stage < plan.pipeline(); ++stage) {
    bytes.push_back(stage_parameters(spec.model, plan, stage));
    sum += bytes.back();
  }
  const double all = checkpoint_bytes > 0
                         ? checkpoint_bytes
                         : workload::total_parameters(spec.model) * checkpoint_bytes_per_parameter(spec.precision);
  for (double& own : bytes) {
    own *= all / sum;
  }
  return bytes;
}

} // namespace

double checkpoint_bytes_per_parameter(scenario::Precision precision) {
  const bool mixed = precision != scenario::Precision::fp32 && precision != scenario::Precision::tf32;
  return mixed ? 2 + 12 : 4 + 8;
}

std::vector<WriterGroup> checkpoint_writers(const scenario::PretrainingSpec& spec, const workload::Plan& plan,
                                            const scenario::CheckpointSpec& checkpoint, const Placement& placement) {
  const auto bytes = stage_bytes(spec, plan, checkpoint.bytes);
  const int of_stage =
      checkpoint.writers == CheckpointWriters::sharded
          ? plan.stage_ranks()
          : std::min(plan.stage_ranks(), std::max(plan.tensor(), plan.expert() * plan.expert_tensor()));
  std::vector<WriterGroup> groups;
  for (int stage = 0; stage < plan.pipeline(); ++stage) {
    const double each = bytes[static_cast<std::size_t>(stage)] / of_stage;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const WriterGroup& other) {
      return std::abs(other.bytes_each - each) <= alike * each;
    });
    if (group == groups.end()) {
      groups.push_back({});
      group = groups.end() - 1;
    }
    const auto first = placement.begin() + std::ptrdiff_t{stage} * plan.stage_ranks();
    const auto cards = static_cast<double>(group->cards.size());
    group->bytes_each = (group->bytes_each * cards + each * of_stage) / (cards + of_stage);
    group->cards.insert(group->cards.end(), first, first + of_stage);
  }
  return groups;
}

std::vector<WriterGroup> checkpoint_writers(const scenario::CheckpointSpec& checkpoint, const Placement& placement) {
  if (checkpoint.writers == CheckpointWriters::rank0) {
    return {{{placement.front()}, checkpoint.bytes}};
  }
  return {{placement, checkpoint.bytes / static_cast<double>(placement.size())}};
}

} // namespace iccsim::engine
