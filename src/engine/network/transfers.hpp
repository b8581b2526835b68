// Transfers in progress, whatever shares their resources: latency, then what a phase moves, phase by phase.
#pragma once

#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace iccsim::engine {

using BundleId = std::uint32_t;
using FlightId = std::uint32_t;

class Transfers {
public:
  struct Bundle {
    BundleId id;
    double bytes_factor;
  };
  struct Phase {
    double latency_s;
    std::vector<Bundle> bundles;
  };
  /// Sets a bundle in motion, `bytes` > 0 on each flow; bundle_finished() is due at its end.
  using StartBundle = std::function<void(BundleId bundle, double bytes, TransferId transfer)>;
  /// Bundles that have their resources for themselves, as far as the network knows such.
  class Alone {
  public:
    virtual ~Alone() = default;
    /// Sets a bundle in motion after a latency, if it has its resources for itself; none: it has not. `unwatched`:
    /// bundle_finished() is not due, unless somebody comes meanwhile.
    virtual std::optional<FlightId> start_alone(BundleId bundle, double bytes, double latency_s, TransferId transfer,
                                                bool unwatched) = 0;
    /// Whether a bundle that was unwatched has ended; else bundle_finished() is due at its end.
    virtual bool ended_unwatched(FlightId flight) = 0;
  };
  using AddBundle = std::function<BundleId(const workload::BundleShape& bundle)>;

  /// Without `alone` every latency is an event.
  Transfers(Clock& clock, StartBundle start, Alone* alone = nullptr)
      : clock_(clock), start_bundle_(std::move(start)), alone_(alone) {}

  /// Makes a shape known; `add` is called for each of its bundles that carries anything.
  ShapeId add(const workload::CollectiveShape& shape, const AddBundle& add);
  const std::vector<Phase>& phases(ShapeId shape) const { return shapes_[shape].phases; }
  /// Forgets a shape; returns its phases, whose bundles may be forgotten too.
  std::vector<Phase> remove(ShapeId shape);
  /// As Network::start().
  void start(ShapeId shape, double bytes, double calls, Done done);
  /// As Network's.
  std::optional<TransferId> start_hidden(ShapeId shape, double bytes, double calls, Done done);
  bool hidden_ended(TransferId transfer);
  void bundle_finished(TransferId transfer);
  /// What is due after a latency comes so much later, for transfers of these shapes. Bundles are not touched.
  void hold(const std::vector<ShapeId>& shapes, double seconds);

private:
  struct Shape {
    std::vector<Phase> phases;
    std::uint32_t in_flight = 0;
    bool known = false;
  };
  struct Transfer {
    ShapeId shape = 0;
    std::uint32_t phase = 0;   ///< next to begin
    std::uint32_t pending = 0; ///< bundles of the current phase
    double bytes = 0;          ///< of all calls
    double calls = 0;
    bool waits = false;  ///< for what comes after a latency
    double late_s = 0;   ///< by how much that comes later
    FlightId flight = 0; ///< of one that is hidden
    Done done;
  };

  Shape& known(ShapeId shape);
  void pay_latency(TransferId id);
  TransferId open_transfer(ShapeId shape, double bytes, double calls, Done done);
  bool begin_alone(TransferId id, double latency_s, bool unwatched);
  void close(TransferId id);
  void after_latency(TransferId id);
  void begin_bundles(TransferId id);
  void finish(TransferId id);

  Clock& clock_;
  StartBundle start_bundle_;
  Alone* alone_;
  std::vector<Shape> shapes_;
  std::vector<ShapeId> free_shapes_;
  std::vector<Transfer> transfers_;
  std::vector<TransferId> free_transfers_;
};

} // namespace iccsim::engine
