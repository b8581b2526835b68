// Time for the parts of a job whose steps may be skipped.
#pragma once

#include "iccsim/engine/clock.hpp"

#include <functional>
#include <utility>

namespace iccsim::engine {

/// What was asked for before steps were skipped happens as much later as was skipped since.
class SkipClock : public Clock {
public:
  explicit SkipClock(Clock& clock) : clock_(clock) {}
  SkipClock(const SkipClock&) = delete; // what is asked for knows its address
  SkipClock& operator=(const SkipClock&) = delete;

  double now() const override { return clock_.now(); }
  void at(double time, std::function<void()> event) override { clock_.at(time, later(std::move(event))); }

  /// For callbacks of others, such as the network: `event`, moved with what is skipped until it is called.
  std::function<void()> later(std::function<void()> event) {
    return [this, issued_s = skipped_s_, event = std::move(event)] {
      if (issued_s == skipped_s_) {
        event();
      } else {
        at(now() + skipped_s_ - issued_s, event);
      }
    };
  }

  void skip(double seconds) { skipped_s_ += seconds; }
  double skipped_s() const { return skipped_s_; }

private:
  Clock& clock_;
  double skipped_s_ = 0;
};

} // namespace iccsim::engine
