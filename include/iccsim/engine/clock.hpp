// Time as jobs see it (Clock), as models live in it (TimedModel), and as it is driven (Timeline).
#pragma once

#include <functional>
#include <limits>

namespace iccsim::engine {

/// All that a job needs of time, so that jobs can be tested without SimGrid.
class Clock {
public:
  virtual ~Clock() = default;
  virtual double now() const = 0; ///< seconds
  /// Calls `event` at `time` (>= now); events at equal times run in the order in which they were asked for.
  virtual void at(double time, std::function<void()> event) = 0;
};

inline constexpr double never_s = std::numeric_limits<double>::infinity();

/// Something that changes of itself as time passes: a queue of events, bundles that share a network.
class TimedModel {
public:
  virtual ~TimedModel() = default;
  /// Seconds of its next change as things stand; `never_s` when nothing is due.
  virtual double next_time() = 0;
  /// Does what is due at `now`; called until next_time() lies after `now`.
  virtual void advance(double now) = 0;
};

/// A clock that can be run. Models are advanced after the events of the instant, in the order in which they were added.
class Timeline : public Clock {
public:
  /// `model` must outlive every run.
  virtual void add(TimedModel& model) = 0;
  /// Runs until nothing is due, until `horizon_s` (nothing later is done, and now() is then the horizon) or until
  /// stop(); may be called again. What events throw passes through.
  virtual void run(double horizon_s = never_s) = 0;
  /// Ends run() when the current instant is complete.
  virtual void stop() = 0;
};

} // namespace iccsim::engine
