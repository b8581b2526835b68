// What a job moved, and what its states say about its waits for it.
#pragma once

#include "engine/job/checkpointer.hpp"
#include "engine/job/input_lane.hpp"
#include "iccsim/metrics/io_figures.hpp"
#include "iccsim/metrics/state.hpp"

#include <vector>

namespace iccsim::engine {

/// `figures` with the batches that were used, and how long the mean of `cards` waited for them.
inline metrics::IoFigures dataset_figures(metrics::IoFigures figures, const std::vector<InputLane>& lanes,
                                          const metrics::StateSeconds& states, double cards) {
  using metrics::State;
  figures.stall_s = (states[State::data_storage] + states[State::data_cpu] + states[State::data_h2d]) / cards;
  for (const InputLane& lane : lanes) {
    figures.operations += lane.cards * lane.pipeline->batches_taken();
  }
  return figures;
}

inline metrics::IoFigures checkpoint_figures(metrics::IoFigures figures, const Checkpointer& checkpointer,
                                             const metrics::StateSeconds& states, double cards) {
  figures.stall_s = states[metrics::State::checkpoint] / cards;
  figures.operations = checkpointer.written();
  return figures;
}

} // namespace iccsim::engine
