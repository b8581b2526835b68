// What lives on a timeline: the queue of events first, then the models in the order in which they came.
#pragma once

#include "engine/clock/event_queue.hpp"

#include <vector>

namespace iccsim::engine {

/// Up to when events belong to a run that ends at a horizon: times are sums, whose rounding must not decide it. Of ten
/// thousand equal steps it is some 2e-13 of the time.
inline double last_instant_s(double horizon_s) {
  constexpr double rounding = 1e-12;
  return horizon_s == never_s ? never_s : horizon_s * (1 + rounding);
}

class ModelSet {
public:
  ModelSet() = default;
  ModelSet(const ModelSet&) = delete; // models_ points into the object
  ModelSet& operator=(const ModelSet&) = delete;

  EventQueue& events() { return events_; }
  void add(TimedModel& model) { models_.push_back(&model); }
  double next_time() const;
  /// Plays the instant `now` to its end: models may cause events at `now`, and events may wake models. Returns
  /// next_time().
  double advance(double now);

private:
  EventQueue events_;
  std::vector<TimedModel*> models_{&events_};
};

} // namespace iccsim::engine
