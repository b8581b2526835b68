// Steps as a whole: their records, and skipping those that repeat.
#include "engine/job/pretraining.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine {

using metrics::State;
using metrics::StateSeconds;

StateSeconds PretrainingPlayer::seconds(const Stage& stage, double now) const {
  StateSeconds sum = stage.ledger.seconds();
  const double until = std::max(now, stage.ledger.since_s());
  if (finished_) {
    return sum;
  }
  if (stage.phase == Phase::computing || stage.phase == Phase::optimizer) {
    CardLedger::add(sum, stage.segment.cost_until(until), stage.cls.lag, until - stage.ledger.since_s());
  } else {
    sum[stage.waiting] += until - stage.ledger.since_s();
  }
  return sum;
}

StateSeconds PretrainingPlayer::states(double now) const {
  StateSeconds sum;
  for (const Stage& stage : stages_) {
    sum.add_scaled(seconds(stage, now), stage.cls.cards);
  }
  return sum;
}

workload::ComputeCost PretrainingPlayer::cost_per_step() const {
  workload::ComputeCost sum;
  for (const Stage& stage : stages_) {
    workload::ComputeCost own = stage.program->optimizer;
    for (const PlayTask& task : stage.program->order) {
      own += stage.program->costs[task.cost].compute;
    }
    sum.compute_s += own.compute_s * stage.cls.cards;
    sum.recompute_s += own.recompute_s * stage.cls.cards;
    sum.kernel_s += own.kernel_s * stage.cls.cards;
    sum.memory_bound_s += own.memory_bound_s * stage.cls.cards;
  }
  return sum;
}

void PretrainingPlayer::record_step(double now) {
  StepRecord record;
  record.seconds = now - last_step_end_s_;
  record.classes.resize(stages_.size());
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    const StateSeconds until_now = seconds(stage, now);
    record.classes[i] = until_now;
    record.classes[i].add_scaled(stage.at_step_end, -1);
    stage.at_step_end = until_now;
  }
  last_step_end_s_ = now;
  ++steps_done_;
  step_times_.add(record.seconds);
  if (hooks_.input != nullptr) {
    hooks_.input->step_ended(record.seconds);
  }
  const double step_s = record.seconds;
  repetition_.add(std::move(record), std::exchange(after_pause_, false));
  const bool recording = episode_.phase == PauseEpisode::Phase::recording;
  if (!end_episode(step_s) && !recording && hooks_.quiet_until && repetition_.repeats()) {
    skip_repeated();
  }
  step_begins();
}

/// One whole step is left to be played before whatever ends the quiet, so that it meets the job in full motion.
void PretrainingPlayer::skip_repeated() {
  const StepRecord step = repetition_.last();
  const double until_event = std::floor((hooks_.quiet_until() - clock_.now()) / step.seconds) - 1;
  const double steps =
      std::min({until_event, steps_left(step.seconds), std::max(0.0, steps_undisturbed(step.seconds))});
  if (std::isfinite(steps) && steps >= 1) {
    step_times_.add(step.seconds, steps);
    const double share = (steps - std::exchange(ahead_, 0)) / steps; // of which a part was skipped beside others
    StepRecord shorter{step.seconds * share, step.classes};
    for (StateSeconds& seconds : shorter.classes) {
      seconds.add_scaled(seconds, share - 1);
    }
    jump(shorter, steps, steps, hold_transfers(steps * shorter.seconds));
  }
}

StepTotals PretrainingPlayer::totals() const {
  StepTotals totals{steps_done_, last_step_end_s_, {}, stock()};
  for (const Stage& stage : stages_) {
    totals.classes.push_back(stage.at_step_end);
  }
  return totals;
}

double PretrainingPlayer::steps_left(double step_s) const {
  constexpr std::uint64_t last_epoch = 0xfffff; // an Event holds no more
  if (step_s <= 0 || last_step_ || finished_ || epoch_ == last_epoch) {
    return 0;
  }
  const double by_time = std::floor((limit_.time_s - (clock_.now() - started_s_)) / step_s) - 1;
  const double by_count = limit_.steps - steps_done_ - 2; // the step in progress has decided that it is not the last
  return std::max(0.0, std::min({by_time, by_count, input_steps_alike()}));
}

double PretrainingPlayer::end_estimate_s() const {
  const double by_count = (limit_.steps - steps_done_) * repetition_.last().seconds;
  return std::min(started_s_ + limit_.time_s, last_step_end_s_ + (steps_done_ > 0 ? by_count : 0));
}

void PretrainingPlayer::skip(const SkippedSteps& what) {
  if (clock_.now() < resume_s_) {
    throw metrics::InternalError("steps were to be skipped of a job that is being skipped");
  }
  for (const double step_s : what.spread) {
    step_times_.add(step_s, what.steps / static_cast<double>(what.spread.size()));
  }
  for (const PauseLevels& levels : what.pauses) {
    hooks_.pause->book(levels);
  }
  if (what.schedule) {
    hooks_.pause->reschedule(*what.schedule);
  }
  if (hooks_.input != nullptr) {
    hooks_.input->book(what.steps);
  }
  jump(what.sum, 1, what.steps, hold_transfers(what.sum.seconds));
}

/// Neighbours are skipped for the same time: what is in flight shares with what was beside it, now and afterwards.
bool PretrainingPlayer::hold_transfers(double seconds) {
  std::vector<ShapeId> in_flight;
  for (const Stage& stage : stages_) {
    for (const Stream& stream : stage.streams) {
      if (stream.busy()) {
        in_flight.push_back(stream.front().shape);
      }
    }
  }
  return network_.hold(in_flight, seconds);
}

/// `times` times what took so long and made `steps` steps in all.
void PretrainingPlayer::jump(const StepRecord& what, double times, double steps, bool transfers_held) {
  const double seconds = times * what.seconds;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    stage.ledger.skip(what.classes[i], times, seconds);
    stage.at_step_end.add_scaled(what.classes[i], times);
    stage.segment.shift(seconds);
    stage.step += steps;
  }
  steps_done_ += steps;
  inputs_taken_ += steps;
  if (hooks_.input != nullptr) {
    hooks_.input->skip(steps, seconds);
  }
  last_step_end_s_ += seconds;
  resume_s_ = clock_.now() + seconds;
  skipped_s_ += seconds;
  skipped_before_epoch_.push_back(skipped_s_);
  transfers_late_s_ += transfers_held ? 0 : seconds;
  transfers_late_before_epoch_.push_back(transfers_late_s_);
  ++epoch_;
  if (hooks_.skipped) {
    hooks_.skipped(times, what.seconds);
  }
}

void PretrainingPlayer::finish() {
  for (Stage& stage : stages_) {
    charge_wait(stage);
  }
  if (hooks_.input != nullptr) {
    hooks_.input->close();
  }
  if (hooks_.pause == nullptr || hooks_.pause->quiet()) {
    end_job();
  } else {
    settle();
  }
}

void PretrainingPlayer::end_job() {
  finished_ = true;
  if (hooks_.finished) {
    hooks_.finished();
  }
}

} // namespace iccsim::engine
