#include "engine/job/pretraining_job.hpp"

#include "iccsim/workload/memory.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {
namespace {

StepLimit limit_of(const scenario::LengthSpec& length, double tokens_per_step) {
  StepLimit limit;
  if (length.steps) {
    limit.steps = std::ceil(*length.steps);
  }
  if (length.tokens) {
    limit.steps = std::max(1.0, std::ceil(*length.tokens / tokens_per_step));
  }
  if (length.time_s) {
    limit.time_s = *length.time_s;
  }
  return limit;
}

std::vector<RankClass> one_class_a_stage(const workload::Plan& plan) {
  std::vector<RankClass> classes;
  for (int stage = 0; stage < plan.pipeline(); ++stage) {
    classes.push_back({stage, static_cast<double>(plan.stage_ranks()), 1});
  }
  return classes;
}

double peak_of(const scenario::ChipSpec& chip, scenario::Precision precision) {
  const auto found = chip.peak_flops.find(precision);
  return found == chip.peak_flops.end() ? 0 : found->second;
}

workload::CollectiveCosts costs_of(const scenario::PretrainingSpec& spec, const scenario::ChipSpec& chip) {
  return workload::library_costs(workload::CostModel(chip, spec.software, spec.precision).calibration());
}

} // namespace

const scenario::ChipSpec& pacing_chip(const platform::Cluster& cluster, const Placement& placement,
                                      scenario::Precision precision) {
  const scenario::ChipSpec* slowest = nullptr;
  for (const platform::CardId card : placement) {
    const scenario::ChipSpec& chip = cluster.node_spec(cluster.node_of(card)).chip;
    if (slowest == nullptr || peak_of(chip, precision) < peak_of(*slowest, precision)) {
      slowest = &chip;
    }
  }
  return *slowest;
}

PretrainingJob::PretrainingJob(const scenario::PretrainingSpec& spec, const platform::Cluster& cluster, Clock& clock,
                               Network& network, const Placement& placement, PlayerHooks hooks)
    : spec_(spec), chip_(pacing_chip(cluster, placement, spec.precision)),
      plan_(spec_, static_cast<int>(placement.size())), program_(workload::make_step_program(spec_, plan_, chip_)),
      shapes_(cluster, network, plan_, placement, costs_of(spec_, chip_), spec_.algorithm, program_.pipeline_bytes),
      limit_(limit_of(spec_.length, program_.tokens)),
      player_(clock, network, compile(program_, spec_.parallelism.schedule, shapes_), one_class_a_stage(plan_), limit_,
              std::move(hooks)) {}

void PretrainingJob::start() {
  player_.start();
  start_s_ = player_.last_step_end_s();
}

double PretrainingJob::progress(double now) const {
  if (done()) {
    return 1;
  }
  const double by_steps = player_.steps() / limit_.steps;
  const double by_time = (now - start_s_) / limit_.time_s;
  return std::min(1.0, std::max(by_steps, by_time));
}

metrics::MemoryFigures PretrainingJob::memory() const {
  const auto fullest = workload::fullest_stage_memory(spec_, plan_);
  return {fullest.weights_bytes,   fullest.gradients_bytes, fullest.optimizer_bytes, fullest.activations_bytes,
          fullest.workspace_bytes, fullest.total(),         chip_.memory_bytes};
}

// Over whole steps, so that a job cut by the horizon is not charged for a step that it could not finish.
void PretrainingJob::add_rates(metrics::StepFigures& figures) const {
  const double seconds = player_.last_step_end_s() - start_s_;
  const double card_seconds = seconds * plan_.cards();
  if (card_seconds <= 0) {
    return;
  }
  const auto cost = player_.cost_per_step();
  figures.tokens_per_s = program_.tokens * figures.steps / seconds;
  figures.tokens_per_s_per_card = figures.tokens_per_s / plan_.cards();
  figures.tflops_per_card = program_.model_flops * figures.steps / card_seconds / 1e12;
  figures.hardware_tflops_per_card = program_.hardware_flops * figures.steps / card_seconds / 1e12;
  figures.mfu = cost.compute_s * figures.steps / card_seconds;
  figures.hfu = (cost.compute_s + cost.recompute_s) * figures.steps / card_seconds;
}

metrics::StepFigures PretrainingJob::figures() const {
  metrics::StepFigures figures;
  const metrics::Samples& times = player_.step_times();
  figures.steps = player_.steps();
  figures.step_mean_s = times.mean();
  figures.step_p50_s = times.quantile(0.5);
  figures.step_p99_s = times.quantile(0.99);
  figures.evidence = program_.evidence;
  figures.memory = memory();
  add_rates(figures);
  return figures;
}

void PretrainingJob::report(metrics::JobResult& result, double) const {
  result.plan = plan_.describe();
  result.training = figures();
}

} // namespace iccsim::engine
