// Time for the parts of a job whose steps may be skipped.
#pragma once

#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace iccsim::engine {

/// What was asked for before steps were skipped happens as much later as was skipped since; what others do for the job
/// as well, unless they have stood still meanwhile.
class SkipClock : public Clock {
public:
  explicit SkipClock(Clock& clock) : clock_(clock) {}
  SkipClock(const SkipClock&) = delete; // what is asked for knows its address
  SkipClock& operator=(const SkipClock&) = delete;

  double now() const override { return clock_.now(); }
  void at(double time, std::function<void()> event) override {
    clock_.at(time, [this, issued_s = skipped_s_, event = std::move(event)] {
      if (issued_s == skipped_s_) {
        event();
      } else {
        at(now() + skipped_s_ - issued_s, event);
      }
    });
  }

  /// For callbacks of others, such as the network: `event`, moved with what is skipped until it is called.
  std::function<void()> later(std::function<void()> event) {
    return [this, issued_s = others_late_s_, event = std::move(event)] {
      // What others had ended when they were to stand still is late as well.
      const double late_s = std::max(others_late_s_ - issued_s, resume_s_ - now());
      if (late_s > 0) {
        at(now() + late_s, event);
      } else {
        event();
      }
    };
  }

  /// `others_held`: what others do for the job stands still for so long.
  void skip(double seconds, bool others_held = false) {
    skipped_s_ += seconds;
    others_late_s_ += others_held ? 0 : seconds;
    resume_s_ = now() + seconds;
  }
  double skipped_s() const { return skipped_s_; }

private:
  Clock& clock_;
  double skipped_s_ = 0;
  double others_late_s_ = 0; ///< skipped seconds but those for which others stood still
  double resume_s_ = 0;
};

} // namespace iccsim::engine
