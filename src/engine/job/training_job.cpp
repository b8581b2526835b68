#include "engine/job/training_job.hpp"

#include "engine/job/io_figures.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {
namespace {

StepLimit limit_of(const scenario::LengthSpec& length) {
  StepLimit limit;
  limit.steps = length.steps ? std::ceil(*length.steps) : limit.steps;
  limit.time_s = length.time_s.value_or(limit.time_s);
  return limit;
}

const scenario::TrainingSpec& spec_of(const scenario::Scenario& scenario, std::uint32_t index) {
  return std::get<scenario::TrainingSpec>(scenario.jobs[index].what);
}

} // namespace

TrainingJob::TrainingJob(const scenario::Scenario& scenario, std::uint32_t index, const platform::Cluster& cluster,
                         Clock& clock, IoService& io, const Placement& placement, const CardHealth& health,
                         PlayerHooks hooks)
    : spec_(spec_of(scenario, index)), index_(index), cards_(static_cast<double>(placement.size())), clock_(clock),
      io_(io), limit_(limit_of(spec_.length)) {
  std::vector<TrainingLane> lanes;
  for (const CardGroup& group : alike_cards(cluster, placement, health)) {
    if (spec_.dataset) {
      add_lane(group, scenario);
    }
    lanes.push_back(
        {static_cast<double>(group.cards.size()), group.slowdown, spec_.dataset ? lanes_.back().input.get() : nullptr});
  }
  player_ = std::make_unique<TrainingPlayer>(clock_, std::move(lanes), spec_.compute_per_step_s, limit_,
                                             std::move(hooks), nullptr);
}

void TrainingJob::add_lane(const CardGroup& group, const scenario::Scenario& scenario) {
  const scenario::DatasetSpec& dataset = *spec_.dataset;
  const double samples = spec_.micro;
  const std::size_t lane = lanes_.size();
  const BatchDemand demand{samples, static_cast<double>(group.cards.size()) / cards_};
  // Of every lane of every job its own stream of random numbers; the factors are odd constants of splitmix64 (Steele,
  // Lea, Flood 2014).
  const std::uint64_t seed =
      scenario.seed + 0x9e3779b97f4a7c15U * (index_ + 1) + 0xbf58476d1ce4e5b9U * static_cast<std::uint64_t>(lane);
  lanes_.emplace_back();
  lanes_.back().cards = static_cast<double>(group.cards.size());
  lanes_.back().path =
      std::make_unique<IoInputPath>(clock_, io_, scenario.platform, dataset, index_, group.cards, demand);
  lanes_.back().input =
      std::make_unique<InputPipeline>(clock_, *lanes_.back().path, input_plan(dataset, samples),
                                      BatchSizes(dataset.bytes_per_sample, dataset.bytes_cv, samples, seed),
                                      [this, lane] { player_->input_changed(lane); });
}

void TrainingJob::start() {
  start_s_ = clock_.now();
  player_->start();
}

void TrainingJob::retire() {
  for (Lane& lane : lanes_) {
    lane.path->release();
  }
}

double TrainingJob::progress(double now) const {
  if (done()) {
    return 1;
  }
  return std::min(1.0, std::max(player_->steps() / limit_.steps, (now - start_s_) / limit_.time_s));
}

metrics::StepFigures TrainingJob::figures() const {
  metrics::StepFigures figures;
  const metrics::Samples& times = player_->step_times();
  figures.steps = player_->steps();
  figures.step_mean_s = times.mean();
  figures.step_p50_s = times.quantile(0.5);
  figures.step_p99_s = times.quantile(0.99);
  return figures;
}

// MLPerf Storage: computation time over total time, steps from the second on. DLIO closes a block of steps before it
// writes a checkpoint, so their time does not count (dlio_benchmark, main.py and statscounter.py).
void TrainingJob::report(metrics::JobResult& result, double now) const {
  result.training = figures();
  const double steps = player_->steps() - 1;
  const double seconds = player_->last_step_end_s() - player_->first_step_end_s();
  if (steps >= 1 && seconds > 0) {
    result.au = steps * spec_.compute_per_step_s / (seconds - player_->paused_s());
    result.samples_per_s = steps * spec_.micro * cards_ / seconds;
  }
  if (spec_.dataset) {
    result.io.dataset = dataset_figures(io_.figures({index_, IoPurpose::dataset}), states(now), cards_);
    for (const Lane& lane : lanes_) {
      result.io.dataset->operations += lane.input->batches_taken() * lane.cards;
    }
  }
}

} // namespace iccsim::engine
