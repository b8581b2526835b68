// What lives on a timeline: the queue of events first, then the models in the order in which they came.
#pragma once

#include "engine/clock/event_queue.hpp"

#include <vector>

namespace iccsim::engine {

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
