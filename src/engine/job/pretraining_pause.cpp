// What stops the cards between steps: checkpoints.
#include "engine/job/pretraining.hpp"

#include <algorithm>
#include <limits>

namespace iccsim::engine {

using metrics::State;

void PretrainingPlayer::restore() {
  for (Stage& stage : stages_) {
    stage.phase = Phase::paused;
    wait(stage, State::checkpoint);
  }
  hooks_.pause->restore([this] { resume(); });
}

/// Every stage has ended the step.
void PretrainingPlayer::pause() {
  for (Stage& stage : stages_) {
    wait(stage, State::checkpoint);
  }
  begin_episode();
  if (hooks_.pauses) {
    hooks_.pauses();
  }
  hooks_.pause->begin(steps_done_, [this] { resume(); });
}

/// Steps are timed and recorded without the pauses between them.
void PretrainingPlayer::resume() {
  pause_after_step_ = false;
  after_pause_ = true;
  last_step_end_s_ = clock_.now();
  for (Stage& stage : stages_) {
    wait(stage, State::bubble);
    stage.at_step_end = stage.ledger.seconds();
    stage.phase = Phase::next_task;
  }
  step_begins();
  for (Stage& stage : stages_) {
    run(stage);
  }
}

/// What is carried from here on is the step's own, unless something goes on beneath it.
void PretrainingPlayer::step_begins() {
  quiet_at_step_start_ = hooks_.pause == nullptr || hooks_.pause->quiet();
  if (episode_.phase == PauseEpisode::Phase::recording || pause_after_step_) {
    return; // what is carried belongs to the episode
  }
  propose_episode();
  if (hooks_.step_ended) {
    hooks_.step_ended();
  }
  if (hooks_.marked) {
    hooks_.marked();
  }
}

/// After the last step the job lasts until nothing is written beneath it any more.
void PretrainingPlayer::settle() {
  for (Stage& stage : stages_) {
    wait(stage, State::checkpoint);
  }
  hooks_.pause->settle([this] {
    for (Stage& stage : stages_) {
      charge_wait(stage);
    }
    end_job();
  });
}

bool PretrainingPlayer::pausing() const {
  return hooks_.pause != nullptr &&
         (pause_after_step_ || stages_.front().phase == Phase::paused || !hooks_.pause->quiet());
}

/// Steps from now on that neither a pause nor another course of the input will disturb.
double PretrainingPlayer::steps_undisturbed(double step_s) const {
  double steps = pause_after_step_ ? 0 : std::numeric_limits<double>::infinity();
  if (hooks_.input != nullptr) {
    steps = hooks_.input->repeats() ? std::min(steps, hooks_.input->steps_alike()) : 0;
  }
  if (hooks_.pause != nullptr) {
    steps = quiet_at_step_start_ && hooks_.pause->quiet()
                ? std::min(steps, hooks_.pause->steps_until(steps_done_, step_s) - 1)
                : 0;
  }
  return steps;
}

} // namespace iccsim::engine
