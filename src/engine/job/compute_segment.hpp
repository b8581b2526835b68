// A stretch of compute in progress on a card, whose pace may change while it runs.
#pragma once

#include "iccsim/workload/operation.hpp"

#include <algorithm>

namespace iccsim::engine {

/// `share` of a task's cost. Nominal seconds pass at 1 / stretch of the clock's.
class ComputeSegment {
public:
  ComputeSegment() = default;
  ComputeSegment(const workload::ComputeCost& cost, double share, double extra_s, double stretch, double now)
      : cost_(&cost), share_(share), extra_s_(extra_s), nominal_s_(cost.total() * share + extra_s), stretch_(stretch),
        updated_s_(now) {}

  double end_s() const { return updated_s_ + (nominal_s_ - done_s_) * stretch_; }
  double stretch() const { return stretch_; }

  /// From `now` on, compute takes `stretch` times its nominal seconds.
  void set_stretch(double stretch, double now) {
    done_s_ = done_at(now);
    updated_s_ = now;
    stretch_ = stretch;
  }

  /// Costs of what was done by `now`, scaled to it.
  workload::ComputeCost cost_until(double now) const {
    return scaled(nominal_s_ > 0 ? share_ * done_at(now) / nominal_s_ : share_);
  }
  /// Costs of the whole segment.
  workload::ComputeCost whole_cost() const { return scaled(share_); }

  /// The clock jumps by `seconds` over steps that were not played.
  void shift(double seconds) { updated_s_ += seconds; }

private:
  double done_at(double now) const {
    return std::min(nominal_s_, done_s_ + std::max(0.0, now - updated_s_) / stretch_);
  }
  workload::ComputeCost scaled(double factor) const {
    return {cost_->compute_s * factor, cost_->recompute_s * factor, cost_->kernel_s * factor,
            cost_->memory_bound_s * factor};
  }

  const workload::ComputeCost* cost_ = nullptr;
  double share_ = 1;
  double extra_s_ = 0; ///< beyond the cost: host work
  double nominal_s_ = 0;
  double done_s_ = 0;
  double stretch_ = 1;
  double updated_s_ = 0;
};

} // namespace iccsim::engine
