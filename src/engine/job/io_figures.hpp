// What a job's states say about its waits for input and output.
#pragma once

#include "iccsim/metrics/io_figures.hpp"
#include "iccsim/metrics/state.hpp"

namespace iccsim::engine {

/// Adds to `figures` how long the mean card waited for input.
inline metrics::IoFigures dataset_figures(metrics::IoFigures figures, const metrics::StateSeconds& states,
                                          double cards) {
  using metrics::State;
  figures.stall_s = (states[State::data_storage] + states[State::data_cpu] + states[State::data_h2d]) / cards;
  return figures;
}

} // namespace iccsim::engine
