// Events in order of (time, sequence): SimGrid's own timers are not first come first served at equal dates.
#pragma once

#include "iccsim/engine/clock.hpp"

#include <boost/heap/d_ary_heap.hpp>

#include <cstdint>
#include <vector>

namespace iccsim::engine {

class EventQueue : public TimedModel {
public:
  /// `time` must not be NaN (metrics::InternalError).
  void at(double time, std::function<void()> event);
  double next_time() override { return heap_.empty() ? never_s : heap_.top().time; }
  /// Runs every event due, those that they add for `now` too.
  void advance(double now) override;

private:
  struct Entry {
    double time;
    std::uint64_t sequence;
    std::uint32_t slot;
  };
  /// In line: half of what an event costs are comparisons.
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.time > b.time || (a.time == b.time && a.sequence > b.sequence);
    }
  };
  std::function<void()> take_first();

  boost::heap::d_ary_heap<Entry, boost::heap::arity<4>, boost::heap::compare<Later>> heap_;
  std::vector<std::function<void()>> events_; ///< by slot
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t next_sequence_ = 0;
};

} // namespace iccsim::engine
