// Do a job's steps repeat?
#pragma once

#include "iccsim/metrics/state.hpp"

#include <vector>

namespace iccsim::engine {

/// What one step took, by rank class.
struct StepRecord {
  double seconds = 0;
  std::vector<metrics::StateSeconds> classes;
};

/// Steps repeat when the last `window` are equal in duration and in every state of every class; or when one is equal to
/// those that repeated before, after something came in between.
class Repetition {
public:
  static constexpr int window = 3;
  static constexpr double tolerance = 1e-9; ///< share of a step's duration

  /// `after_pause`: the step began with nothing in flight, so it is not one of those that repeat, however many such
  /// steps are alike.
  void add(StepRecord record, bool after_pause = false);
  bool repeats() const { return alike_ >= window; }
  /// Something has come in between: the step in progress, and those before it, say little about what comes.
  void forget();
  const StepRecord& last() const { return last_; }

private:
  static bool same(const StepRecord& a, const StepRecord& b);

  StepRecord last_;
  StepRecord regular_; ///< that repeated before
  int alike_ = 0;
  bool broken_ = false; ///< the step in progress began before forget()
};

} // namespace iccsim::engine
