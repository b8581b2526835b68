// The reference network: every flow of a transfer by itself, as a SimGrid communication.
//
//   SimGridClock clock;
//   FlowNetwork network(clock, cluster);
//   const ShapeId gradients = network.add(shape); // made with network.detail()
//   network.start(gradients, 1e9, 1, [] { ... });
//   clock.run();
#pragma once

#include "engine/clock/simgrid_clock.hpp"
#include "engine/network/flow_links.hpp"
#include "engine/network/flow_paths.hpp"
#include "engine/network/flow_usage.hpp"
#include "engine/network/limits.hpp"
#include "engine/network/transfers.hpp"
#include "iccsim/platform/cluster.hpp"

#include <functional>
#include <unordered_map>
#include <vector>

namespace iccsim::engine {

class FlowNetwork : public Network, private TimedModel {
public:
  /// Joins the timeline, which must not have run. Clock and cluster must outlive the network, the network every run of
  /// the clock. One a process.
  FlowNetwork(SimGridClock& clock, const platform::Cluster& cluster);
  /// Resources 0 .. `resources` - 1 by capacity alone.
  FlowNetwork(SimGridClock& clock, CapacityOf capacity, platform::ResourceId resources);
  FlowNetwork(const FlowNetwork&) = delete; // the clock knows its address
  FlowNetwork& operator=(const FlowNetwork&) = delete;

  workload::BundleDetail detail() const override { return workload::BundleDetail::flows; }
  ShapeId add(const workload::CollectiveShape& shape) override;
  void remove(ShapeId shape) override;
  void start(ShapeId shape, double bytes, double calls, Done done) override;
  bool hold(const std::vector<ShapeId>& shapes, double seconds) override;
  platform::ResourceId add_limit(double bytes_per_s, std::string name) override;
  double left(ShapeId shape) const override;
  double carried_bytes(platform::ResourceId resource) const override { return usage_now()[resource].bytes; }
  void set_capacity(platform::ResourceId resource, double bytes_per_s) override;
  std::vector<ResourceUsage> usage() const override;
  void mark_usage() override { usage_.mark(usage_now()); }
  void repeat_usage(double times) override { usage_.repeat(usage_now(), times); }

  /// How far flows of one bundle drifted apart: the widest gap between the first end and the last, as a share of the
  /// time that the bundle took, over all that the shape played. 0: they went in step, as bundles assume.
  double drift(ShapeId shape);

  /// Calls `beyond` once, when a shape is made known of which a phase has more flows than `flows`: each end of one
  /// costs a look at all of them.
  void watch_phases(std::size_t flows, std::function<void(std::size_t)> beyond);

private:
  struct Bundle {
    std::vector<FlowPath> paths;
    workload::ResourceFlowList resources;
    double drift = 0;
  };
  struct Wave { ///< all flows of a bundle, once
    BundleId bundle = 0;
    TransferId transfer = 0;
    std::uint32_t pending = 0;
    double bytes = 0; ///< of each flow
    double start_s = 0;
    double first_end_s = never_s;
    bool held = false; ///< what it has in flight
  };
  using WaveId = std::uint32_t;

  double next_time() override;
  void advance(double now) override;
  double capacity(platform::ResourceId resource) const;
  void scale_link(platform::ResourceId resource);
  BundleId add_bundle(const workload::BundleShape& shape);
  void start_bundle(BundleId bundle, double bytes, TransferId transfer);
  void flow_ended(WaveId wave, double now);
  void release(const std::vector<FlowLinks::Held>& flows, double held_s);
  std::vector<UsageHistory> usage_now() const;
  std::size_t flows_in(const Transfers::Phase& phase) const;

  Clock& clock_;
  Limits limits_;
  std::unordered_map<platform::ResourceId, double> changed_capacity_;
  Transfers transfers_;
  FlowPaths paths_;
  FlowUsage usage_;
  std::vector<Bundle> bundles_;
  std::vector<BundleId> free_bundles_;
  std::vector<Wave> waves_;
  std::vector<WaveId> free_waves_;
  std::vector<WaveId> ended_; ///< of flows whose end SimGrid reported
  FlowLinks links_;
  std::size_t watched_flows_ = 0;
  std::function<void(std::size_t)> beyond_watched_; ///< empty: nobody wants to know, or knows already
};

} // namespace iccsim::engine
