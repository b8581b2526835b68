// Time as jobs see it, so that they can be tested without SimGrid.
#pragma once

#include <functional>

namespace iccsim::engine {

class Clock {
public:
  virtual ~Clock() = default;
  virtual double now() const = 0; ///< seconds
  /// Calls `event` at `time` (>= now); events at equal times run in the order in which they were asked for.
  virtual void at(double time, std::function<void()> event) = 0;
};

} // namespace iccsim::engine
