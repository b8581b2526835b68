// Layers, stages and schedules.
#include "scenario/pretraining_facts.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

using F = PretrainingFacts;
using Result = std::optional<Mistake>;

Result deep_enough(const F& f) {
  const long long stages = 1LL * f.plan().pipeline * f.plan().virtual_stages;
  if (f.model().layers >= stages) {
    return std::nullopt;
  }
  return Mistake{fmt::format("pipeline {} x virtual {} = {} stages, and {} has {} layers", f.plan().pipeline,
                             f.plan().virtual_stages, stages, f.model().name, f.model().layers),
                 "at most one stage a layer", ""};
}

/// As Megatron-LM splits: even stages, apart from a first and last that are given.
Result layers_split(const F& f) {
  const ParallelismSpec& p = f.plan();
  const int given = (p.first_stage_layers > 0) + (p.last_stage_layers > 0);
  const long long stages = 1LL * p.pipeline - given;
  const long long layers = 1LL * f.model().layers - p.first_stage_layers - p.last_stage_layers;
  if (f.model().layers < 1LL * p.pipeline * p.virtual_stages) {
    return std::nullopt; // deep_enough says it
  }
  const bool whole_chunks = p.first_stage_layers % p.virtual_stages == 0 && p.last_stage_layers % p.virtual_stages == 0;
  if (stages < 0 || layers < stages || (stages == 0 && layers != 0) || !whole_chunks ||
      (stages > 0 && layers % (stages * p.virtual_stages) != 0)) {
    if (given > 0) {
      return Mistake{
          fmt::format("{} layers do not split over {} stages of {} chunks with {} layers in the first and {} "
                      "in the last",
                      f.model().layers, p.pipeline, p.virtual_stages, p.first_stage_layers, p.last_stage_layers),
          "equal stages in between", ""};
    }
    return Mistake{fmt::format("layers {} of {} are not divisible by pipeline {} x virtual {}", f.model().layers,
                               f.model().name, p.pipeline, p.virtual_stages),
                   "a divisor of layers, or first_stage_layers and last_stage_layers", ""};
  }
  return std::nullopt;
}

Result virtual_needs_interleaving(const F& f) {
  const ParallelismSpec& p = f.plan();
  if (p.virtual_stages > 1 && p.schedule != Schedule::interleaved) {
    return Mistake{
        fmt::format("schedule {} has one model chunk a rank, and virtual is {}", name_of(p.schedule), p.virtual_stages),
        "schedule: interleaved, or virtual: 1", ""};
  }
  if (p.schedule == Schedule::interleaved && p.virtual_stages < 2) {
    return Mistake{"schedule interleaved needs several model chunks a rank", "virtual: 2 or more", ""};
  }
  return std::nullopt;
}

Result virtual_needs_pipeline(const F& f) {
  if (f.plan().virtual_stages == 1 || f.plan().pipeline > 1) {
    return std::nullopt;
  }
  return Mistake{"virtual stages without a pipeline", "pipeline: 2 or more, or virtual: 1", ""};
}

/// Megatron-LM's interleaved schedule runs micro-batches in rounds of `pipeline` (Narayanan et al. 2021, section 2.2).
Result rounds_are_whole(const F& f) {
  const long long m = f.microbatches();
  if (f.plan().schedule != Schedule::interleaved || m % f.plan().pipeline == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} micro-batches are not divisible by pipeline {}", m, f.plan().pipeline),
                 "a multiple of pipeline when the schedule is interleaved", ""};
}

/// DeepSeek-V3 (arXiv 2412.19437), section 3.2.1: stages and micro-batches divisible by 2; two directions fill at once.
Result two_directions(const F& f) {
  const int p = f.plan().pipeline;
  const long long m = f.microbatches();
  if (f.plan().schedule != Schedule::dualpipe) {
    return std::nullopt;
  }
  if (p % 2 != 0) {
    return Mistake{fmt::format("dualpipe with {} stages", p), "an even pipeline", ""};
  }
  if (m > 0 && (m % 2 != 0 || m < 2LL * p)) {
    return Mistake{fmt::format("dualpipe with {} micro-batches", m),
                   fmt::format("an even number of at least 2 x pipeline = {}", 2 * p), ""};
  }
  return std::nullopt;
}

} // namespace

const PretrainingRules& pipeline_rules() {
  static const PretrainingRules rules = {
      {{"parallelism.pipeline", "parallelism.virtual", "model"}, deep_enough},
      {{"parallelism.pipeline", "parallelism.virtual", "parallelism.first_stage_layers",
        "parallelism.last_stage_layers", "model"},
       layers_split},
      {{"parallelism.schedule", "parallelism.virtual"}, virtual_needs_interleaving},
      {{"parallelism.virtual", "parallelism.pipeline"}, virtual_needs_pipeline},
      {{"batch.global", "batch.micro", "cards", "parallelism"}, rounds_are_whole},
      {{"parallelism.schedule", "parallelism", "cards", "batch.global", "batch.micro"}, two_directions},
  };
  return rules;
}

} // namespace iccsim::scenario
