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

/// Steps repeat when the last `window` are equal in duration and in every state of every class.
class Repetition {
public:
  static constexpr int window = 3;
  static constexpr double tolerance = 1e-9; ///< share of a step's duration

  void add(StepRecord record) {
    alike_ = alike_ > 0 && same(last_, record) ? alike_ + 1 : 1;
    last_ = std::move(record);
  }
  bool repeats() const { return alike_ >= window; }
  void forget() { alike_ = 0; }
  const StepRecord& last() const { return last_; }

private:
  static bool same(const StepRecord& a, const StepRecord& b);

  StepRecord last_;
  int alike_ = 0;
};

} // namespace iccsim::engine
