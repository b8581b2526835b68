// A pause with the steps around it, from one regular step to the next: recorded once, accounted again and again.
#pragma once

#include "engine/job/repetition.hpp"

#include <vector>

namespace iccsim::engine {

struct PauseEpisode {
  /// Candidate: the step that begins is a regular one, and may be the one that ends with a pause.
  enum class Phase { none, candidate, recording };

  Phase phase = Phase::none;
  double start_s = 0;
  double start_steps = 0;
  double input_steps = 0;                   ///< whose reads were to be like the last ones', when it began
  std::vector<metrics::StateSeconds> start; ///< seconds of every class up to there
  double barrier_s = 0;                     ///< from the start until the paused step's barrier
  double begun_s = 0;                       ///< from the start until the pause itself
  std::vector<double> step_times_s;
  StepRecord sum; ///< of the whole episode
  double steps = 0;
};

} // namespace iccsim::engine
