#include "engine/clock/event_queue.hpp"

#include "iccsim/metrics/result.hpp"

#include <cmath>
#include <utility>

namespace iccsim::engine {

void EventQueue::at(double time, std::function<void()> event) {
  if (std::isnan(time)) {
    throw metrics::InternalError("an event was asked for at a time that is not a number");
  }
  std::uint32_t slot = static_cast<std::uint32_t>(events_.size());
  if (free_slots_.empty()) {
    events_.push_back(std::move(event));
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    events_[slot] = std::move(event);
  }
  heap_.push({time, next_sequence_++, slot});
}

std::function<void()> EventQueue::take_first() {
  const std::uint32_t slot = heap_.top().slot;
  heap_.pop();
  free_slots_.push_back(slot);
  return std::exchange(events_[slot], nullptr);
}

void EventQueue::advance(double now) {
  while (!heap_.empty() && heap_.top().time <= now) {
    take_first()();
  }
}

} // namespace iccsim::engine
