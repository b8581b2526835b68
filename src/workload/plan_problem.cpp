#include "iccsim/workload/plan.hpp"

#include "workload/plan_placement.hpp"
#include "workload/transformer_shape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::workload {

using scenario::PretrainingSpec;
using scenario::Schedule;

namespace {

std::string degree_problem(const PretrainingSpec& spec, int cards) {
  const auto& p = spec.parallelism;
  const long replica = long(p.tensor) * p.pipeline * p.context;
  if (cards < 1 || cards % replica != 0) {
    return fmt::format("{} cards do not divide by tensor x pipeline x context = {}", cards, replica);
  }
  if (spec.model.heads % p.tensor != 0) {
    return fmt::format("{} heads do not divide by tensor {}", spec.model.heads, p.tensor);
  }
  const int key_heads = static_cast<int>(kv_heads(spec.model));
  if (key_heads % p.tensor != 0 && p.tensor % key_heads != 0) {
    return fmt::format("{} key/value heads and tensor {} do not divide one another", key_heads, p.tensor);
  }
  return "";
}

std::string batch_problem(const PretrainingSpec& spec, int cards) {
  const auto& p = spec.parallelism;
  const int data = cards / (p.tensor * p.pipeline * p.context);
  const long unit = long(data) * spec.batch.micro;
  if (spec.batch.global < 1 || spec.batch.global % unit != 0) {
    return fmt::format("the global batch of {} does not divide by data x micro = {}", spec.batch.global, unit);
  }
  if (p.schedule == Schedule::dualpipe) {
    const long microbatches = spec.batch.global / unit;
    if (p.pipeline % 2 != 0 || microbatches % 2 != 0 || microbatches < 2 * p.pipeline) {
      return fmt::format("dualpipe needs an even pipeline and an even number of micro-batches, at least twice its "
                         "depth; it has {} stages and {} micro-batches",
                         p.pipeline, microbatches);
    }
  }
  return "";
}

std::string layer_problem(const PretrainingSpec& spec) {
  const std::vector<int> layers = layers_of_virtual_stages(spec);
  // The embedding alone may be the first virtual stage, and the head alone the last (Megatron-Core).
  const bool inner_empty = layers.size() > 2 && *std::min_element(layers.begin() + 1, layers.end() - 1) < 1;
  if (inner_empty || *std::min_element(layers.begin(), layers.end()) < 0 ||
      spec.parallelism.pipeline > spec.model.layers) {
    return fmt::format("{} layers do not fill {} virtual pipeline stages", spec.model.layers, layers.size());
  }
  int placed = 0;
  for (int count : layers) {
    placed += count;
  }
  if (placed != spec.model.layers) {
    return fmt::format("first and last stage layers place {} of {} layers", placed, spec.model.layers);
  }
  return "";
}

std::string expert_problem(const PretrainingSpec& spec, int cards) {
  const auto& p = spec.parallelism;
  const int expert_tensor = p.expert_tensor > 0 ? p.expert_tensor : p.tensor;
  const int stage = cards / p.pipeline;
  if (p.expert < 1 || stage % (long(p.expert) * expert_tensor) != 0) {
    return fmt::format("the {} ranks of a stage do not divide by expert x expert_tensor = {}", stage,
                       long(p.expert) * expert_tensor);
  }
  if (p.expert > 1 && spec.model.moe.experts % p.expert != 0) {
    return fmt::format("{} experts do not divide by expert {}", spec.model.moe.experts, p.expert);
  }
  const int copies = stage / p.tensor;
  if (p.sharding_group > 0 && copies % std::min(p.sharding_group, copies) != 0) {
    return fmt::format("the {} data-parallel ranks do not divide by sharding_group {}", copies, p.sharding_group);
  }
  return "";
}

} // namespace

std::string plan_problem(const PretrainingSpec& spec, int cards) {
  std::string problem = degree_problem(spec, cards);
  if (problem.empty()) {
    problem = batch_problem(spec, cards);
  }
  if (problem.empty()) {
    problem = layer_problem(spec);
  }
  if (problem.empty()) {
    problem = expert_problem(spec, cards);
  }
  return problem;
}

} // namespace iccsim::workload
