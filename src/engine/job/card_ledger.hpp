// Where the seconds of one card go: it is in exactly one state from start to end.
#pragma once

#include "engine/job/compute_segment.hpp"
#include "iccsim/metrics/state.hpp"

namespace iccsim::engine {

/// Charges every second once, by telescoping: each charge runs from the end of the one before.
class CardLedger {
public:
  void start(double now) { since_s_ = now; }

  /// Until `now` the card was in `state`.
  void charge(metrics::State state, double now) {
    seconds_[state] += now - since_s_;
    since_s_ = now;
  }

  /// Until `now` the card computed `cost`; what the clock shows beyond it was spent in kernels, but for the share
  /// `lag` of all of it, in which the card waited for slower ones beside it.
  void charge(const workload::ComputeCost& cost, double lag, double now) {
    add(seconds_, cost, lag, now - since_s_);
    since_s_ = now;
  }

  const metrics::StateSeconds& seconds() const { return seconds_; }
  double since_s() const { return since_s_; }

  /// Steps that were not played: what they added, and for how long.
  void skip(const metrics::StateSeconds& added, double times, double seconds) {
    seconds_.add_scaled(added, times);
    since_s_ += seconds;
  }

  static void add(metrics::StateSeconds& seconds, const workload::ComputeCost& cost, double lag, double elapsed_s) {
    using metrics::State;
    seconds[State::compute] += cost.compute_s;
    seconds[State::recompute] += cost.recompute_s;
    seconds[State::memory_bound] += cost.memory_bound_s;
    // Kernels' own seconds, stretches, host work, and the rounding of the clock.
    seconds[State::kernel] += (1 - lag) * elapsed_s - cost.compute_s - cost.recompute_s - cost.memory_bound_s;
    seconds[State::straggler] += lag * elapsed_s;
  }

private:
  metrics::StateSeconds seconds_;
  double since_s_ = 0;
};

} // namespace iccsim::engine
