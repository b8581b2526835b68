// When links change, and who is told.
#pragma once

#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/faults.hpp"
#include "iccsim/engine/network.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace iccsim::engine {

class FaultCalendar {
public:
  /// `changes` in order of time.
  FaultCalendar(std::vector<CapacityChange> changes, Clock& clock, Network& network)
      : changes_(std::move(changes)), clock_(clock), network_(network) {}

  /// Announces the first change to the clock; `changed` is called after those of every instant.
  void open(std::function<void()> changed) {
    changed_ = std::move(changed);
    announce();
  }
  /// Seconds of the next change; never_s when there is none.
  double next_s() const { return next_ < changes_.size() ? changes_[next_].at_s : never_s; }

private:
  /// One at a time: a clock with nothing due is a simulation that is over.
  void announce() {
    if (next_ < changes_.size()) {
      clock_.at(next_s(), [this] { apply(); });
    }
  }
  /// A network shares out what links have, so one that is gone keeps a trickle: a byte in eleven days, and no less, so
  /// that SimGrid (maxmin/precision 1e-5, of grains that are 1/65536 byte) still tells it from nothing.
  static constexpr double gone_bytes_per_s = 1e-6;

  void apply() {
    for (const double now = next_s(); next_s() == now; ++next_) {
      network_.set_capacity(changes_[next_].resource, std::max(gone_bytes_per_s, changes_[next_].bytes_per_s));
    }
    changed_();
    announce();
  }

  std::vector<CapacityChange> changes_;
  Clock& clock_;
  Network& network_;
  std::function<void()> changed_;
  std::size_t next_ = 0;
};

} // namespace iccsim::engine
