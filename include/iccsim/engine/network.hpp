// The network as the engine's jobs see it: start a transfer, be told when it ends.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace iccsim::engine {

using Done = std::function<void()>;
/// A shape registered with the network, whose resources it may have merged into classes.
using ShapeId = std::uint32_t;
using TransferId = std::uint32_t;

/// What resources with one common history carried, from time 0 to now.
struct ResourceUsage {
  platform::ResourceId resource = 0; ///< the first of them
  double multiplicity = 1;           ///< how many have exactly these figures
  double capacity = 0;               ///< bytes/s now
  double bytes = 0;                  ///< carried by each
  double mean_utilization = 0;       ///< bytes / (capacity x now)
  double peak_utilization = 0;       ///< 0 .. 1
  double saturated_s = 0;            ///< time at full capacity
  std::string limit;                 ///< its name, when it was made with add_limit(); else the cluster names it
};

/// What one user's shapes carried, and for how long resources that they use were full.
struct ShapeUsage {
  std::vector<double> bytes;                                 ///< by bundle: on each of its flows
  std::vector<std::pair<std::uint32_t, double>> saturated_s; ///< by group of resources, ascending
  std::size_t splits = 0;                                    ///< of groups, up to then

  /// What came since `before`, of the same shapes. Empty when shapes were added in between.
  ShapeUsage since(const ShapeUsage& before) const;
  /// Adds `times` times the bytes of `other`, of the same shapes.
  void add_bytes(const ShapeUsage& other, double times);
};

class Network {
public:
  virtual ~Network() = default;
  /// How much add() wants to know of a shape's bundles.
  virtual workload::BundleDetail detail() const { return workload::BundleDetail::resources; }
  /// Makes a shape known, so that equivalent resources can be found before anything is in flight.
  virtual ShapeId add(const workload::CollectiveShape& shape) = 0;
  /// Forgets a shape that is not in flight.
  virtual void remove(ShapeId shape) = 0;
  /// Runs `calls` calls of `bytes` each, back to back; `done` fires once, at the end, never inside start(). Latency
  /// first, then the fluid phase, phase by phase.
  virtual void start(ShapeId shape, double bytes, double calls, Done done) = 0;
  /// As start(), of a transfer beneath computation, for whose end nobody asks before that has ended. Where an id is
  /// returned, hidden_ended() must be asked unless `done` has fired; which it may.
  virtual std::optional<TransferId> start_hidden(ShapeId shape, double bytes, double calls, Done done) {
    start(shape, bytes, calls, std::move(done));
    return std::nullopt;
  }
  /// Whether it has ended; `done` never fires then, else it will. To be asked once.
  virtual bool hidden_ended(TransferId /*transfer*/) { return false; }
  /// Transfers of these shapes that are in flight stand still for `seconds`, and leave their share to others: their
  /// users are skipped. Returns false, and does nothing, where that is not built; true from a network always.
  virtual bool hold(const std::vector<ShapeId>& /*shapes*/, double /*seconds*/) { return false; }
  /// What is left of the transfers of a shape that are in flight, in whole transfers; what still waits for a latency,
  /// or for an earlier phase, does not count. 0 from a network that cannot tell.
  virtual double left(ShapeId /*shape*/) const { return 0; }
  /// A resource beyond those of the cluster, with a name for results: what a client's streams can take, say. It stays
  /// to the end.
  virtual platform::ResourceId add_limit(double bytes_per_s, std::string name) = 0;
  /// What a resource carried until now, bytes.
  virtual double carried_bytes(platform::ResourceId resource) const = 0;
  /// Changes a resource's capacity (bytes/s, > 0) from now on; what is in flight goes on at its new rate.
  virtual void set_capacity(platform::ResourceId resource, double bytes_per_s) = 0;
  /// Resources that a shape ever used, those with equal histories together.
  virtual std::vector<ResourceUsage> usage() const = 0;
  /// Begins the stretch of time whose usage repeat_usage() repeats.
  virtual void mark_usage() = 0;
  /// Adds `times` times what was carried since the mark, as if it had gone on alike: for steps that are skipped.
  virtual void repeat_usage(double times) = 0;

  /// Whether the functions below are built: who uses the network, and who can slow whom.
  virtual bool tells_users_apart() const { return false; }
  /// Users, each with all its shapes, by connected component of those that can slow one another: any number, equal in
  /// a component.
  virtual std::vector<int> components(const std::vector<std::vector<ShapeId>>& users) const {
    return std::vector<int>(users.size(), 0);
  }
  virtual ShapeUsage usage_of(const std::vector<ShapeId>&) const { return {}; }
  /// Adds `times` times `usage`, which usage_of() told of the same shapes: for steps that are skipped.
  virtual void add_usage(const std::vector<ShapeId>&, const ShapeUsage& /*usage*/, double /*times*/) {}
};

} // namespace iccsim::engine
