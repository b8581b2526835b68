// What a step reads: no stage begins a step before the input of all its micro-batches is there.
#include "engine/job/pretraining.hpp"

namespace iccsim::engine {

/// The first stage to begin a step takes the step's input for all.
bool PretrainingPlayer::take_input(const Stage& stage) {
  if (hooks_.input == nullptr || stage.step < inputs_taken_) {
    return true;
  }
  if (!hooks_.input->ready()) {
    return false;
  }
  ++inputs_taken_;
  hooks_.input->take();
  return true;
}

/// All that wait for a step's input: the first of them takes it.
void PretrainingPlayer::input_changed() {
  const auto taken = inputs_taken_;
  for (Stage& stage : stages_) {
    if (stage.phase == Phase::next_task && stage.task == 0 && stage.step >= taken) {
      run(stage);
    }
  }
}

} // namespace iccsim::engine
