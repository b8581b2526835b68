// The network as the engine's jobs see it: start a transfer, be told when it ends.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace iccsim::engine {

using Done = std::function<void()>;
/// A shape registered with the network, whose resources it may have merged into classes.
using ShapeId = std::uint32_t;

class Network {
public:
  virtual ~Network() = default;
  /// Makes a shape known, so that equivalent resources can be found before anything is in flight.
  virtual ShapeId add(const workload::CollectiveShape& shape) = 0;
  /// Forgets a shape that is not in flight.
  virtual void remove(ShapeId shape) = 0;
  /// Runs `calls` calls of `bytes` each, back to back; `done` fires once, at the end. Latency first, then the fluid
  /// phase, phase by phase.
  virtual void start(ShapeId shape, double bytes, double calls, Done done) = 0;
};

} // namespace iccsim::engine
