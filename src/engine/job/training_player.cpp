#include "engine/job/training_player.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {

using metrics::State;
using metrics::StateSeconds;

namespace {

int longest_cycle(const std::vector<TrainingLane>& lanes) {
  int longest = 1;
  for (const TrainingLane& lane : lanes) {
    longest = lane.input != nullptr ? std::max(longest, lane.input->longest_cycle()) : longest;
  }
  return longest;
}

} // namespace

TrainingPlayer::TrainingPlayer(SkipClock& clock, const std::vector<TrainingLane>& lanes, double compute_s,
                               StepLimit limit, PlayerHooks hooks, StepPause* pause)
    : clock_(clock), limit_(limit), hooks_(std::move(hooks)), pause_(pause), cycles_(longest_cycle(lanes)) {
  cost_.compute_s = compute_s;
  for (const TrainingLane& lane : lanes) {
    lanes_.push_back({});
    lanes_.back().what = lane;
  }
}

void TrainingPlayer::start() {
  started_s_ = last_step_end_s_ = first_step_end_s_ = resume_s_ = clock_.now();
  for (Lane& lane : lanes_) {
    lane.ledger.start(started_s_);
    if (lane.what.input != nullptr) {
      lane.what.input->open(limit_.steps);
    }
  }
  if (pause_ != nullptr) {
    pause_->open();
  }
  if (pause_ != nullptr && pause_->restores()) {
    pause_->restore([this] { begin_step(); });
  } else {
    begin_step();
  }
}

void TrainingPlayer::begin_step() {
  step_began_s_ = clock_.now();
  for (Lane& lane : lanes_) {
    wait(lane, lane.waiting);
    lane.at_step_end = lane.ledger.seconds();
    lane.phase = Phase::waiting;
  }
  if (hooks_.step_ended) {
    hooks_.step_ended();
  }
  for (Lane& lane : lanes_) {
    lane.phase = Phase::waiting;
    try_compute(lane);
  }
}

void TrainingPlayer::input_changed(std::size_t lane) {
  if (lanes_[lane].phase == Phase::waiting) {
    try_compute(lanes_[lane]);
  }
}

void TrainingPlayer::try_compute(Lane& lane) {
  if (lane.what.input != nullptr && !lane.what.input->ready()) {
    wait(lane, lane.what.input->behind());
    return;
  }
  wait(lane, lane.waiting);
  lane.phase = Phase::computing;
  const auto index = static_cast<std::size_t>(&lane - lanes_.data());
  clock_.at(clock_.now() + cost_.compute_s * lane.what.slowdown, [this, index] { computed(index); });
  if (lane.what.input != nullptr) {
    lane.what.input->take();
  }
}

void TrainingPlayer::computed(std::size_t index) {
  Lane& lane = lanes_[index];
  lane.ledger.charge(cost_, 0, clock_.now());
  lane.phase = Phase::at_barrier;
  lane.waiting = State::straggler;
  if (++at_barrier_ == lanes_.size()) {
    at_barrier_ = 0;
    end_step();
  }
}

/// Up to now the card waited as it did; from now on for `state`.
void TrainingPlayer::wait(Lane& lane, State state) {
  lane.ledger.charge(lane.waiting, clock_.now());
  lane.waiting = state;
}

void TrainingPlayer::end_step() {
  record_step();
  if (steps_done_ >= limit_.steps || limit_.time_over(clock_.now() - started_s_)) {
    finish();
  } else if (pause_ != nullptr && pause_->due(steps_done_)) {
    begin_pause();
  } else {
    skip_cycles();
    if (clock_.now() < resume_s_) {
      clock_.at(resume_s_, [this] { begin_step(); });
    } else {
      begin_step();
    }
  }
}

void TrainingPlayer::begin_pause() {
  for (Lane& lane : lanes_) {
    lane.phase = Phase::paused;
    wait(lane, State::checkpoint);
  }
  if (hooks_.pauses) {
    hooks_.pauses();
  }
  pause_->begin(steps_done_, [this, began_s = clock_.now()] {
    paused_s_ += clock_.now() - began_s;
    cycles_.forget();
    marked_period_ = 0;
    begin_step();
  });
}

void TrainingPlayer::record_step() {
  const double now = clock_.now();
  CycleStep step;
  step.seconds = now - step_began_s_;
  for (Lane& lane : lanes_) {
    wait(lane, lane.waiting);
    step.lanes.push_back(lane.ledger.seconds());
    step.lanes.back().add_scaled(lane.at_step_end, -1);
    if (lane.what.input != nullptr) {
      const auto standing = lane.what.input->snapshot();
      step.standing.insert(step.standing.end(), standing.begin(), standing.end());
    }
  }
  last_step_end_s_ = now;
  first_step_end_s_ = steps_done_ == 0 ? now : first_step_end_s_;
  ++steps_done_;
  step_s_ = step.seconds;
  step_times_.add(step.seconds);
  set_calm(input_waited(step));
  cycles_.add(std::move(step), 8 * std::numeric_limits<double>::epsilon() * now);
}

double TrainingPlayer::end_estimate_s() const {
  const double by_count = steps_done_ > 0 ? (limit_.steps - steps_done_) * step_s_ : 0;
  return std::min(started_s_ + limit_.time_s, last_step_end_s_ + by_count);
}

bool TrainingPlayer::input_waited(const CycleStep& step) const {
  return std::any_of(step.lanes.begin(), step.lanes.end(), [](const StateSeconds& lane) {
    return lane[State::data_storage] + lane[State::data_cpu] + lane[State::data_h2d] > 0;
  });
}

void TrainingPlayer::set_calm(bool waited) {
  calm_steps_ = waited ? 0 : calm_steps_ + 1;
  for (Lane& lane : lanes_) {
    if (lane.what.input != nullptr && lane.what.input->varied()) {
      lane.what.input->set_even(hooks_.quiet_until && calm_steps_ >= InputPipeline::calm_after_steps);
    }
  }
}

/// Once a cycle is found, one more is recorded, and then as many as fit are skipped.
void TrainingPlayer::skip_cycles() {
  const bool quiet = hooks_.quiet_until && (pause_ == nullptr || pause_->quiet());
  const int period = quiet ? cycles_.period() : 0;
  if (period == 0) {
    marked_period_ = 0;
    return;
  }
  if (period == marked_period_ && ++since_mark_ < period) {
    return;
  }
  if (period == marked_period_) {
    const auto cycle = cycles_.last(period);
    const double cycles = cycles_to_skip(cycle);
    if (cycles >= 1) {
      skip(cycle, cycles);
    }
  }
  marked_period_ = period;
  since_mark_ = 0;
  if (hooks_.marked) {
    hooks_.marked();
  }
}

double TrainingPlayer::cycles_to_skip(const std::vector<CycleStep>& cycle) const {
  const double now = clock_.now();
  const auto length = static_cast<double>(cycle.size());
  double cycle_s = 0;
  for (const CycleStep& step : cycle) {
    cycle_s += step.seconds;
  }
  if (cycle_s <= 0) {
    return 0;
  }
  // One whole cycle is left to be played before whatever ends the quiet, so that it meets the job in full motion.
  double cycles =
      std::min({(hooks_.quiet_until() - now) / cycle_s - 1, (limit_.time_s - (now - started_s_)) / cycle_s - 1,
                (limit_.steps - steps_done_ - 1) / length});
  for (const Lane& lane : lanes_) {
    cycles = lane.what.input != nullptr ? std::min(cycles, lane.what.input->batches_alike() / length) : cycles;
  }
  if (pause_ != nullptr) {
    cycles = std::min(cycles, pause_->steps_until(steps_done_, cycle_s / length) / length - 1);
  }
  cycles = std::floor(cycles);
  return std::isfinite(cycles) && cycles >= 1 ? cycles : 0;
}

void TrainingPlayer::skip(const std::vector<CycleStep>& cycle, double cycles) {
  const double steps = cycles * static_cast<double>(cycle.size());
  double seconds = 0;
  for (const CycleStep& step : cycle) {
    seconds += cycles * step.seconds;
    step_times_.add(step.seconds, cycles);
  }
  std::vector<StateSeconds> added(lanes_.size());
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    for (const CycleStep& step : cycle) {
      added[i] += step.lanes[i];
    }
  }
  jump(added, cycles, steps, seconds);
  if (hooks_.skipped) {
    hooks_.skipped(cycles, seconds / cycles);
  }
}

void TrainingPlayer::jump(const std::vector<StateSeconds>& lanes, double times, double steps, double seconds) {
  bool held = true;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i].ledger.skip(lanes[i], times, seconds);
    lanes_[i].at_step_end.add_scaled(lanes[i], times);
    if (lanes_[i].what.input != nullptr) {
      held = lanes_[i].what.input->skip(steps, seconds) && held;
    }
  }
  steps_done_ += steps;
  step_began_s_ += seconds;
  last_step_end_s_ += seconds;
  resume_s_ = clock_.now() + seconds;
  clock_.skip(seconds, held);
  set_calm(true);
}

StepTotals TrainingPlayer::totals() const {
  StepTotals totals{steps_done_, step_began_s_, {}, stock()};
  for (const Lane& lane : lanes_) {
    totals.classes.push_back(lane.at_step_end);
  }
  return totals;
}

InputStock TrainingPlayer::stock() const {
  InputStock stock;
  for (const Lane& lane : lanes_) {
    if (lane.what.input != nullptr) {
      stock += lane.what.input->stock();
    }
  }
  return stock;
}

double TrainingPlayer::steps_left(double step_s) const {
  if (step_s <= 0 || finished_) {
    return 0;
  }
  double steps =
      std::min(std::floor((limit_.time_s - (clock_.now() - started_s_)) / step_s) - 1, limit_.steps - steps_done_ - 2);
  for (const Lane& lane : lanes_) {
    steps = lane.what.input != nullptr ? std::min(steps, lane.what.input->batches_alike()) : steps;
  }
  return std::max(0.0, steps);
}

bool TrainingPlayer::pausing() const {
  return pause_ != nullptr && (lanes_.front().phase == Phase::paused || !pause_->quiet());
}

void TrainingPlayer::skip(const SkippedSteps& what) {
  for (const double step_s : what.spread) {
    step_times_.add(step_s, what.steps / static_cast<double>(what.spread.size()));
  }
  for (const PauseLevels& levels : what.pauses) {
    pause_->book(levels);
  }
  if (what.schedule) {
    pause_->reschedule(*what.schedule);
  }
  for (const Lane& lane : lanes_) {
    if (lane.what.input != nullptr) {
      lane.what.input->book(what.steps);
    }
  }
  paused_s_ += what.sum.classes.front()[State::checkpoint];
  jump(what.sum.classes, 1, what.steps, what.sum.seconds);
  cycles_.forget();
}

void TrainingPlayer::finish() {
  for (Lane& lane : lanes_) {
    lane.phase = Phase::finished;
    if (lane.what.input != nullptr) {
      lane.what.input->close();
    }
  }
  const auto end = [this] {
    for (Lane& lane : lanes_) {
      wait(lane, State::checkpoint);
    }
    finished_ = true;
    if (hooks_.finished) {
      hooks_.finished();
    }
  };
  if (pause_ == nullptr || pause_->quiet()) {
    end();
    return;
  }
  for (Lane& lane : lanes_) {
    wait(lane, State::checkpoint);
  }
  pause_->settle(end);
}

StateSeconds TrainingPlayer::seconds(const Lane& lane, double now) const {
  StateSeconds sum = lane.ledger.seconds();
  const double elapsed_s = std::max(now, lane.ledger.since_s()) - lane.ledger.since_s();
  if (finished_) {
    return sum;
  }
  if (lane.phase == Phase::computing) {
    const double share = cost_.compute_s > 0 ? elapsed_s / (cost_.compute_s * lane.what.slowdown) : 0;
    CardLedger::add(sum, {cost_.compute_s * share, 0, 0, 0}, 0, elapsed_s);
  } else {
    sum[lane.waiting] += elapsed_s;
  }
  return sum;
}

StateSeconds TrainingPlayer::states(double now) const {
  StateSeconds sum;
  for (const Lane& lane : lanes_) {
    sum.add_scaled(seconds(lane, now), lane.what.cards);
  }
  return sum;
}

} // namespace iccsim::engine
