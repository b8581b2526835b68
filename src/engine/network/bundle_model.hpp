// Bundles in flight: what is left of each, at which rate it goes, when it ends.
//
// Lives on a timeline (on SimGrid's clock: as a kernel model). Bundles that start or end at one instant cause one
// solve at its end. A bundle is looked at only when its rate changes.
#pragma once

#include "engine/network/binding_classes.hpp"
#include "engine/network/completion_heap.hpp"
#include "engine/network/fair_sharing.hpp"
#include "engine/network/load_meter.hpp"
#include "engine/network/resource_groups.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace iccsim::engine {

/// off: every resource by itself, and every transfer takes part in sharing: the slow reference.
enum class Merging { off, on };

class BundleModel : public TimedModel, public Transfers::Alone {
public:
  using Finished = std::function<void(std::uint32_t tag)>;

  /// `finished` is called for every bundle that ends, in the order in which they started; it may start others.
  BundleModel(const Clock& clock, CapacityOf capacity, Merging merging, Finished finished, NodeLayout nodes = {});

  BundleId add(const workload::ResourceFlowList& resources);
  /// The bundle must not be in flight.
  void remove(BundleId bundle);
  /// `bytes` > 0 on each flow. A bundle without resources ends at once.
  void start(BundleId bundle, double bytes, std::uint32_t tag);
  /// Its end is known then, and it takes part in sharing only once somebody comes.
  std::optional<FlightId> start_alone(BundleId bundle, double bytes, double latency_s, std::uint32_t tag,
                                      bool unwatched) override;
  bool ended_unwatched(FlightId flight) override;
  /// What of these bundles is in flight stands still until release(); returns it.
  std::vector<FlightId> hold(const std::vector<BundleId>& bundles);
  void release(const std::vector<FlightId>& flights);
  /// Of what of these bundles is in flight, the shares that are left, added up.
  double left(const std::vector<BundleId>& bundles) const;
  void set_capacity(platform::ResourceId resource, double bytes_per_s);
  std::vector<ResourceUsage> usage() const;
  double carried_bytes(platform::ResourceId resource) const;
  void mark_usage();
  void repeat_usage(double times);
  ShapeUsage usage_of(const std::vector<BundleId>& bundles) const;
  void add_usage(const std::vector<BundleId>& bundles, const ShapeUsage& usage, double times);
  /// See Network::components().
  std::vector<int> components(const std::vector<std::vector<BundleId>>& users) const;

  double next_time() override;
  void advance(double now) override;

private:
  struct Flight {
    BundleId bundle = 0;
    std::uint32_t tag = 0;
    bool active = false;
    bool held = false;
    bool alone = false; ///< takes no part in sharing: nobody else uses its resources
    bool waits = false; ///< for the end of its latency, which is `since`, to take part
    std::uint64_t sequence = 0;
    double bytes = 0;     ///< of each flow
    double remaining = 0; ///< bytes at `since`
    double rate = 0;
    double since = 0;          ///< in the future: the end of its latency
    double until = never_s;    ///< its end, while it is unwatched
    double latency_left_s = 0; ///< while held
  };
  static constexpr FlightId nobody = UINT32_MAX;
  static bool unwatched(const Flight& flight) { return flight.until < never_s; }
  static double instant_s(double now);
  static bool over(const Flight& flight, double now);

  FlightId open_flight(const Flight& flight);
  double moved(const Flight& flight, double now) const;
  void close_classes();
  void rebuild_classes();
  bool finish_due(double now);
  void end(Flight& flight, double now);
  void settle(double now);
  void join_starting(double now);
  void reschedule(FlightId id, double now);
  void stop(FlightId id);

  // lone_flights.cpp
  void release_classes(FlightId id);
  void vacate(FlightId id);
  void retire(FlightId id);
  void watch(FlightId id);
  void join_others(FlightId id);
  bool takes_part(FlightId id);
  void await_latency(FlightId id);

  // bundle_usage.cpp
  UsageHistory metered(std::uint32_t group) const;
  std::vector<double> carried_by_bundle() const;
  std::vector<UsageHistory> usage_by_group() const;

  const Clock& clock_;
  Finished finished_;
  ResourceGroups groups_;
  bool merge_;
  BindingClasses classes_;
  bool classes_valid_ = true;
  FairSharing sharing_;
  std::vector<FlightId> alone_on_; ///< by class
  LoadMeter meter_;
  CompletionHeap completions_;
  bool unsettled_ = false; ///< something started, ended or changed in this instant
  std::vector<FlightId> starting_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ended_; ///< sequence and tag, in this instant
  std::vector<Flight> flights_;
  std::vector<FlightId> free_flights_;
  std::uint64_t next_sequence_ = 0;
  std::vector<double> carried_bytes_; ///< by bundle: of each flow, ended flights only
  std::vector<BundleId> free_bundles_;
};

} // namespace iccsim::engine
