// The answer of `iccsim size`: the fewest replicas, and the load that they bear.
#pragma once

#include "cli/size_trial.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::cli {

struct SizeAnswer {
  std::optional<std::vector<int>> counts; ///< empty: no number that was allowed keeps the promise
  std::string note;                       ///< what the reader should know of the answer; may be empty
  std::vector<SizeTrial> search;          ///< at the scenario's own load, by number of cards
};

struct LoadCurve {
  std::vector<int> counts;
  std::optional<double> highest; ///< factor on the load that still keeps the promise; empty: none does
  std::vector<SizeTrial> points; ///< by load
};

/// Looks for the fewest cards at the scenario's load: one number of replicas by bisection; of prefill and decode first
/// both together, then each for itself until neither can do with less.
SizeAnswer find_size(const SizeQuestion& question, SizeTrials& trials, int most_cards);

/// The load up to and beyond the highest that keeps the promise, `threads` simulations at a time.
LoadCurve find_curve(const SizeQuestion& question, SizeTrials& trials, const std::vector<int>& counts,
                     unsigned threads);

} // namespace iccsim::cli
