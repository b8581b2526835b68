#include "engine/job/pretraining_job.hpp"

#include "engine/job/io_figures.hpp"
#include "engine/job/replica_distances.hpp"
#include "iccsim/workload/memory.hpp"

#include <algorithm>
#include <cmath>
#include <set>

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

ReplicaClasses replica_classes(const workload::Plan& plan, const platform::Cluster& cluster, const Placement& placement,
                               const CardHealth& health, const ChipMix& chips) {
  const ReplicaDistances distances(cluster, plan, placement);
  const scenario::ChipSpec* last = nullptr; // ranks of one pool follow one another
  int index = 0;
  return ReplicaClasses(
      plan,
      [&](int rank) {
        const platform::CardId card = placement[static_cast<std::size_t>(rank)];
        const scenario::ChipSpec& chip = cluster.node_spec(cluster.node_of(card)).chip;
        index = &chip == last ? index : chips.index_of(chip);
        last = &chip;
        return RankHealth{health.slowdown(card), index};
      },
      [&](int replica) { return distances.of(replica); });
}

/// Scale-up domains that an expert-parallel group spans.
double expert_domains(const workload::Plan& plan, const platform::Cluster& cluster, const Placement& placement) {
  if (plan.expert() == 1) {
    return 1;
  }
  std::set<std::uint32_t> domains;
  const auto groups = plan.groups(workload::Communicator::expert, 0);
  for (const int rank : groups.front()) {
    domains.insert(cluster.scale_up_domain(placement[static_cast<std::size_t>(rank)]));
  }
  return static_cast<double>(domains.size());
}

/// Every class of replicas on the chips of its stages.
PlayProgram compile_classes(const scenario::PretrainingSpec& spec, const workload::Plan& plan, double domains,
                            const workload::StepProgram& pacing, const ReplicaClasses& classes, const ChipMix& chips,
                            JobShapes& shapes) {
  std::vector<workload::StepProgram> by_chip = {pacing};
  for (std::size_t chip = 1; chip < chips.chips().size(); ++chip) {
    by_chip.push_back(workload::make_step_program(spec, plan, chips.chips()[chip], domains));
  }
  std::vector<PlayProgram> programs;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    workload::StepProgram program = pacing;
    for (std::size_t s = 0; s < program.stages.size(); ++s) {
      const int chip = classes.classes()[c].chips[s];
      if (chip > 0) {
        program.stages[s] = by_chip[static_cast<std::size_t>(chip)].stages[s];
      }
    }
    shapes.select(classes, static_cast<int>(c));
    programs.push_back(compile(program, spec.parallelism.schedule, shapes));
  }
  return join(std::move(programs));
}

workload::CollectiveCosts costs_of(const scenario::PretrainingSpec& spec, const scenario::ChipSpec& chip) {
  return workload::library_costs(workload::CostModel(chip, spec.software, spec.precision).calibration());
}

} // namespace

PretrainingJob::PretrainingJob(const scenario::Scenario& scenario, std::uint32_t index,
                               const platform::Cluster& cluster, Clock& clock, Network& network, IoService& io,
                               const Placement& placement, const CardHealth& health, PlayerHooks hooks)
    : index_(index), io_(io), spec_(std::get<scenario::PretrainingSpec>(scenario.jobs[index].what)),
      chips_(cluster, placement, spec_.precision), plan_(spec_, static_cast<int>(placement.size())),
      classes_(replica_classes(plan_, cluster, placement, health, chips_)),
      program_(workload::make_step_program(spec_, plan_, chips_.slowest(), expert_domains(plan_, cluster, placement))),
      shapes_(cluster, network, plan_, placement, costs_of(spec_, chips_.slowest()), spec_.algorithm,
              program_.pipeline_bytes),
      limit_(limit_of(spec_.length, program_.tokens)),
      reader_(spec_.dataset ? std::make_unique<PretrainingReader>(scenario, index, spec_, plan_, cluster, clock, io,
                                                                  placement, static_cast<bool>(hooks.quiet_until))
                            : nullptr),
      checkpointer_(spec_.checkpoint
                        ? std::make_unique<Checkpointer>(clock, io, index, *spec_.checkpoint,
                                                         checkpoint_writers(spec_, plan_, *spec_.checkpoint, placement))
                        : nullptr),
      player_(
          clock, network,
          compile_classes(spec_, plan_, expert_domains(plan_, cluster, placement), program_, classes_, chips_, shapes_),
          classes_.lanes(), limit_, with_io(std::move(hooks))) {
  traffic_ = shapes_.added();
  const std::vector<ShapeId> moved = io.shapes(index);
  traffic_.insert(traffic_.end(), moved.begin(), moved.end());
}

PlayerHooks PretrainingJob::with_io(PlayerHooks hooks) {
  hooks.input = reader_.get();
  hooks.pause = checkpointer_.get();
  return hooks;
}

void PretrainingJob::retire() {
  shapes_.release();
  if (reader_) {
    reader_->release();
  }
  if (checkpointer_) {
    checkpointer_->release();
  }
}

/// Model FLOPs at the chip's highest peak: no step is shorter.
double PretrainingJob::most_input_bytes_per_s() const {
  if (!spec_.dataset) {
    return 0;
  }
  double peak_flops = 0;
  for (const auto& [precision, flops] : chips_.slowest().peak_flops) {
    peak_flops = std::max(peak_flops, flops);
  }
  const double least_step_s = program_.model_flops / (plan_.cards() * peak_flops);
  return spec_.batch.global * spec_.dataset->bytes_per_sample / least_step_s;
}

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
  return {fullest.weights_bytes,   fullest.gradients_bytes, fullest.optimizer_bytes,    fullest.activations_bytes,
          fullest.workspace_bytes, fullest.total(),         chips_.least_memory_bytes()};
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

void PretrainingJob::report(metrics::JobResult& result, double now) const {
  result.plan = plan_.describe();
  result.training = figures();
  if (reader_) {
    result.io.dataset =
        dataset_figures(io_.figures({index_, IoPurpose::dataset}), reader_->lanes(), states(now), plan_.cards());
  }
  if (checkpointer_) {
    result.io.checkpoint =
        checkpoint_figures(io_.figures({index_, IoPurpose::checkpoint}), *checkpointer_, states(now), plan_.cards());
  }
}

} // namespace iccsim::engine
