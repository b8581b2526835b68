// Layers, stages and schedules.
#include "scenario/pretraining_facts.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

using F = PretrainingFacts;
using Result = std::optional<Mistake>;

int uneven_ends(const F& f) {
  return (f.plan().first_stage_layers > 0) + (f.plan().last_stage_layers > 0);
}

Result deep_enough(const F& f) {
  const long long stages = 1LL * f.plan().pipeline * f.plan().virtual_stages;
  const int ends = f.plan().uneven ? 2 : 0; // the embedding and the head may have a chunk of their own
  if (f.model().layers >= stages - ends || uneven_ends(f) > 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("pipeline {} x virtual {} = {} stages, and {} has {} layers", f.plan().pipeline,
                             f.plan().virtual_stages, stages, f.model().name, f.model().layers),
                 "at most one stage a layer", ""};
}

/// Stages of equal depth, as Megatron-LM splits them, unless the job says that they may differ.
Result layers_divide(const F& f) {
  const ParallelismSpec& p = f.plan();
  const long long stages = 1LL * p.pipeline * p.virtual_stages;
  if (uneven_ends(f) > 0 || p.uneven || f.model().layers < stages || f.model().layers % stages == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("layers {} of {} are not divisible by pipeline {} x virtual {}", f.model().layers,
                             f.model().name, p.pipeline, p.virtual_stages),
                 "a divisor of layers",
                 "first_stage_layers, last_stage_layers or uneven: true make stages of different depth"};
}

/// Whether a first or last rank may hold so many layers: its chunk at the model's end may hold none, since the
/// embedding or the head stands for a layer there (Llama 3, arXiv 2407.21783, section 3.3.2).
bool fills_chunks(int layers, int chunks) {
  return layers == 0 || layers >= chunks - 1;
}

Result ends_fit(const F& f) {
  const ParallelismSpec& p = f.plan();
  const long long between = 1LL * p.pipeline - uneven_ends(f);
  const long long layers = 1LL * f.model().layers - p.first_stage_layers - p.last_stage_layers;
  if (uneven_ends(f) == 0) {
    return std::nullopt;
  }
  if (p.pipeline == 1) {
    return Mistake{"there is one stage, which holds all layers", "pipeline: 2 or more", ""};
  }
  const bool enough = layers >= between * p.virtual_stages && fills_chunks(p.first_stage_layers, p.virtual_stages) &&
                      fills_chunks(p.last_stage_layers, p.virtual_stages);
  const bool whole = between == 0 ? layers == 0 : p.uneven || layers % (between * p.virtual_stages) == 0;
  if (enough && whole) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("{} layers less {} in the first stage and {} in the last leave {} for {} stages of {} chunks",
                  f.model().layers, p.first_stage_layers, p.last_stage_layers, layers, between, p.virtual_stages),
      "equal chunks in between", "the two keys count the layers of a whole pipeline rank"};
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
      {{"parallelism.pipeline", "parallelism", "model"}, deep_enough},
      {{"parallelism.pipeline", "parallelism", "model"}, layers_divide},
      {{"parallelism.first_stage_layers", "parallelism", "model"}, ends_fit},
      {{"parallelism.schedule", "parallelism.virtual"}, virtual_needs_interleaving},
      {{"parallelism.virtual", "parallelism.pipeline"}, virtual_needs_pipeline},
      {{"batch.global", "batch.micro", "cards", "parallelism"}, rounds_are_whole},
      {{"parallelism.schedule", "parallelism", "cards", "batch.global", "batch.micro"}, two_directions},
  };
  return rules;
}

} // namespace iccsim::scenario
