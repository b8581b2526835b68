// SimGrid's simulated clock, driven without actors. One a process: SimGrid's engine is not made for a second.
#pragma once

#include "iccsim/engine/clock.hpp"

#include <memory>

namespace iccsim::engine {

/// The queue of events and every model added are kernel models of SimGrid's engine. Their work is done when all of
/// SimGrid's models have reached the instant, so that events may start SimGrid activities too.
class SimGridClock : public Timeline {
public:
  SimGridClock();
  ~SimGridClock() override;

  double now() const override;
  void at(double time, std::function<void()> event) override;
  void add(TimedModel& model) override;
  void run(double horizon_s = never_s) override;
  void stop() override;

  /// Promises that nobody starts activities of SimGrid's own: between two instants of our models nothing can happen
  /// then, and they are played without asking SimGrid each time, whose own part is about half of a run else.
  void run_ahead();

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace iccsim::engine
