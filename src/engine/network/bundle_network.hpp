// The default network: transfers as phases of bundles that share by weighted max-min fairness.
//
//   SimGridClock clock;
//   BundleNetwork network(clock, cluster);
//   const ShapeId gradients = network.add(shape);
//   network.start(gradients, 1e9, 1, [] { ... });
//   clock.run();
#pragma once

#include "engine/network/bundle_model.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/platform/cluster.hpp"

#include <cstdint>
#include <vector>

namespace iccsim::engine {

class BundleNetwork : public Network {
public:
  /// Joins the timeline. Clock and cluster must outlive the network, the network every run of the clock.
  BundleNetwork(Timeline& clock, const platform::Cluster& cluster);
  /// Resources by capacity alone.
  BundleNetwork(Timeline& clock, CapacityOf capacity, Merging merging = Merging::on);
  BundleNetwork(const BundleNetwork&) = delete; // the clock knows its address
  BundleNetwork& operator=(const BundleNetwork&) = delete;

  ShapeId add(const workload::CollectiveShape& shape) override;
  void remove(ShapeId shape) override;
  void start(ShapeId shape, double bytes, double calls, Done done) override;
  void set_capacity(platform::ResourceId resource, double bytes_per_s) override;
  std::vector<ResourceUsage> usage() const override { return bundles_.usage(); }
  void mark_usage() override { bundles_.mark_usage(); }
  void repeat_usage(double times) override { bundles_.repeat_usage(times); }

private:
  struct Bundle {
    BundleId id;
    double bytes_factor;
  };
  struct Phase {
    double latency_s;
    std::vector<Bundle> bundles;
  };
  struct Shape {
    std::vector<Phase> phases;
    std::uint32_t in_flight = 0;
    bool known = false;
  };
  using TransferId = std::uint32_t;
  struct Transfer {
    ShapeId shape = 0;
    std::uint32_t phase = 0;   ///< next to begin
    std::uint32_t pending = 0; ///< bundles of the current phase
    double bytes = 0;          ///< of all calls
    double calls = 0;
    Done done;
  };

  Shape& known(ShapeId shape);
  void pay_latency(TransferId id);
  void begin_bundles(TransferId id);
  void bundle_finished(TransferId id);
  void finish(TransferId id);

  Clock& clock_;
  BundleModel bundles_;
  std::vector<Shape> shapes_;
  std::vector<ShapeId> free_shapes_;
  std::vector<Transfer> transfers_;
  std::vector<TransferId> free_transfers_;
};

} // namespace iccsim::engine
