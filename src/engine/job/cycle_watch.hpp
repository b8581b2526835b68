// Do steps repeat, one by one or in cycles of a few?
#pragma once

#include "iccsim/metrics/state.hpp"

#include <deque>
#include <vector>

namespace iccsim::engine {

/// One step as it is compared, and as it is accounted for when it is skipped.
struct CycleStep {
  double seconds = 0;
  std::vector<metrics::StateSeconds> lanes;
  std::vector<double> standing; ///< where what is in flight stands at the step's end
};

/// With several batches under way at once, an input-bound job takes as many quick steps as batches arrived together,
/// and then waits: such steps repeat in cycles.
class CycleWatch {
public:
  static constexpr int alike_cycles = 3;
  static constexpr double tolerance = 1e-9; ///< share of a step's duration

  /// Looks for cycles of up to `longest` steps.
  explicit CycleWatch(int longest) : longest_(longest) {}

  /// `rounding_s`: of the clock.
  void add(CycleStep step, double rounding_s);
  /// Steps of the shortest cycle that the last steps went through `alike_cycles` times; 0: none.
  int period() const;
  void forget() { steps_.clear(); }
  /// The last `period` steps, oldest first.
  std::vector<CycleStep> last(int period) const;

private:
  bool same(const CycleStep& a, const CycleStep& b) const;
  bool repeats(int period) const;

  int longest_;
  double rounding_s_ = 0;
  std::deque<CycleStep> steps_;
};

} // namespace iccsim::engine
