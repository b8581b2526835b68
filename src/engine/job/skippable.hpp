// Jobs whose steps can be accounted for without being played.
#pragma once

#include "engine/job/repetition.hpp"

#include <vector>

namespace iccsim::engine {

/// A job's completed steps: the end of the last of them, and seconds of every rank class up to there.
struct StepTotals {
  double steps = 0;
  double end_s = 0;
  std::vector<metrics::StateSeconds> classes;
};

class Skippable {
public:
  virtual ~Skippable() = default;
  virtual StepTotals totals() const = 0;
  /// Whole steps of `step_s` each that may be skipped now, as far as the job itself is concerned: its end and its own
  /// events are left to be played.
  virtual double steps_left(double step_s) const = 0;
  /// About when it ends, at the pace of its last step; never later than that by intention.
  virtual double end_estimate_s() const = 0;
  /// At any instant: accounts `steps` steps like `step`, whose durations are spread like `spread`. What is in flight,
  /// and the step in progress, go on after them.
  virtual void skip(const StepRecord& step, double steps, const std::vector<double>& spread) = 0;
};

} // namespace iccsim::engine
