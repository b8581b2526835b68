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
    const std::size_t lane = lanes.size();
    lanes.push_back({static_cast<double>(group.cards.size()), group.slowdown, nullptr});
    if (spec_.dataset) {
      const InputReaders readers{index_, lane, cards_, static_cast<double>(spec_.micro)};
      inputs_.push_back(make_input_lane(scenario, *spec_.dataset, clock_, io_, group.cards, readers,
                                        [this, lane] { player_->input_changed(lane); }));
      lanes.back().input = inputs_.back().pipeline.get();
    }
  }
  if (spec_.checkpoint) {
    checkpointer_ = std::make_unique<Checkpointer>(clock_, io_, index_, *spec_.checkpoint,
                                                   checkpoint_writers(*spec_.checkpoint, placement));
  }
  player_ = std::make_unique<TrainingPlayer>(clock_, std::move(lanes), spec_.compute_per_step_s, limit_,
                                             std::move(hooks), checkpointer_.get());
  traffic_ = io_.shapes(index_);
}

double TrainingJob::most_input_bytes_per_s() const {
  return spec_.dataset ? cards_ * spec_.micro * spec_.dataset->bytes_per_sample / spec_.compute_per_step_s : 0;
}

void TrainingJob::start() {
  start_s_ = clock_.now();
  player_->start();
}

void TrainingJob::retire() {
  for (InputLane& lane : inputs_) {
    lane.path->release();
  }
  if (checkpointer_) {
    checkpointer_->release();
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
    result.io.dataset = dataset_figures(io_.figures({index_, IoPurpose::dataset}), inputs_, states(now), cards_);
  }
  if (spec_.checkpoint) {
    result.io.checkpoint =
        checkpoint_figures(io_.figures({index_, IoPurpose::checkpoint}), *checkpointer_, states(now), cards_);
  }
}

} // namespace iccsim::engine
