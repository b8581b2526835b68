// Checkpoints of a job whose steps repeat are alike: one is played with the steps that it disturbs, the others are
// accounted like it.
#include "engine/job/pretraining.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine {

double PretrainingPlayer::input_steps_alike() const {
  return hooks_.input != nullptr ? hooks_.input->steps_alike() : never_s;
}

/// A step has ended, and another begins.
void PretrainingPlayer::propose_episode() {
  const bool regular = hooks_.pause != nullptr && hooks_.quiet_until && repetition_.repeats() && quiet_at_step_start_ &&
                       hooks_.quiet_until() > clock_.now() && (hooks_.input == nullptr || hooks_.input->repeats());
  episode_ = {};
  if (regular) {
    episode_.phase = PauseEpisode::Phase::candidate;
    episode_.start_s = last_step_end_s_;
    episode_.start_steps = steps_done_;
    episode_.input_steps = input_steps_alike();
    for (const Stage& stage : stages_) {
      episode_.start.push_back(stage.at_step_end);
    }
  }
}

/// The step has ended with a pause. A second pause before steps are regular again makes it no episode.
void PretrainingPlayer::begin_episode() {
  if (episode_.phase != PauseEpisode::Phase::candidate) {
    episode_ = {};
    return;
  }
  episode_.phase = PauseEpisode::Phase::recording;
  episode_.barrier_s = barrier_s_ - episode_.start_s;
  episode_.step_times_s = {last_step_end_s_ - episode_.start_s};
}

/// Whether the step that has ended was the last of an episode; if so, as many like it as come are accounted.
bool PretrainingPlayer::end_episode(double step_s) {
  if (episode_.phase != PauseEpisode::Phase::recording || pause_after_step_) {
    return false;
  }
  if (hooks_.quiet_until() <= clock_.now()) {
    episode_ = {};
    return false;
  }
  if (input_steps_alike() > episode_.input_steps) { // caches came to serve another share meanwhile
    episode_ = {};
    return false;
  }
  episode_.step_times_s.push_back(step_s);
  const bool regular = repetition_.repeats() && quiet_at_step_start_ && hooks_.pause->quiet() &&
                       (hooks_.input == nullptr || hooks_.input->repeats());
  if (!regular || last_step_) {
    return false;
  }
  episode_.sum.seconds = last_step_end_s_ - episode_.start_s;
  episode_.steps = steps_done_ - episode_.start_steps;
  episode_.begun_s = hooks_.pause->schedule().begun_s(hooks_.pause->last_begun().front()) - episode_.start_s;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    episode_.sum.classes.push_back(stages_[i].at_step_end);
    episode_.sum.classes.back().add_scaled(episode_.start[i], -1);
  }
  skip_episodes();
  episode_ = {};
  return true;
}

/// All at once, and the regular steps between them afterwards: sums do not depend on the order.
void PretrainingPlayer::skip_episodes() {
  PauseSchedule schedule = hooks_.pause->schedule();
  const double times = run_ahead(schedule);
  if (times < 1) {
    return;
  }
  hooks_.pause->skip(schedule, times);
  for (const double step_s : episode_.step_times_s) {
    step_times_.add(step_s, times);
  }
  jump(episode_.sum, times, times * episode_.steps, hold_transfers(times * episode_.sum.seconds));
}

/// Episodes that follow one another, with regular steps between them, before anything else happens. `schedule` is taken
/// along.
double PretrainingPlayer::run_ahead(PauseSchedule& schedule) const {
  const double step_s = repetition_.last().seconds;
  const std::vector<std::size_t>& levels = hooks_.pause->last_begun();
  const double until = std::min(hooks_.quiet_until(), started_s_ + limit_.time_s) - 2 * step_s;
  const double last_step = std::min(limit_.steps, steps_done_ + input_steps_alike()) - 2;
  double at_s = last_step_end_s_;
  double steps = steps_done_;
  for (double times = 0;; ++times) {
    double plain = schedule.steps_until(at_s + episode_.barrier_s - step_s, steps, step_s);
    if (std::isfinite(plain) && schedule.due(at_s + plain * step_s + episode_.barrier_s, steps + plain + 1).empty()) {
      ++plain; // rounding
    }
    const double end_s = at_s + plain * step_s + episode_.sum.seconds;
    const double end_steps = steps + plain + episode_.steps;
    // The plain steps between episodes are skipped after them, at another time: levels by time would be due elsewhere.
    if (!(end_s <= until && end_steps <= last_step) || (plain > 0 && schedule.mixed_by_time()) ||
        schedule.due(at_s + plain * step_s + episode_.barrier_s, steps + plain + 1) != levels) {
      return times;
    }
    PauseSchedule next = schedule;
    next.begin(levels, at_s + plain * step_s + episode_.begun_s, steps + plain + 1);
    if (!next.due(end_s, end_steps).empty()) { // another level, before steps are regular again
      return times;
    }
    schedule = std::move(next);
    at_s = end_s;
    steps = end_steps;
  }
}

} // namespace iccsim::engine
