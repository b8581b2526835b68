// Events in order of (time, sequence): SimGrid's own timers are not first come first served at equal dates.
#pragma once

#include "iccsim/engine/clock.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine {

class EventQueue : public TimedModel {
public:
  /// `time` must not be NaN (metrics::InternalError).
  void at(double time, std::function<void()> event);
  double next_time() override { return heap_.empty() ? never_s : heap_.front().time; }
  /// Runs every event due, those that they add for `now` too.
  void advance(double now) override;

private:
  struct Entry {
    double time;
    std::uint64_t sequence;
    std::uint32_t slot;
  };
  static bool later(const Entry& a, const Entry& b);
  std::function<void()> take_first();

  std::vector<Entry> heap_;
  std::vector<std::function<void()>> events_; ///< by slot
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t next_sequence_ = 0;
};

} // namespace iccsim::engine
