// The default network: transfers as phases of bundles that share by weighted max-min fairness.
//
//   SimGridClock clock;
//   BundleNetwork network(clock, cluster);
//   const ShapeId gradients = network.add(shape);
//   network.start(gradients, 1e9, 1, [] { ... });
//   clock.run();
#pragma once

#include "engine/network/bundle_model.hpp"
#include "engine/network/limits.hpp"
#include "engine/network/transfers.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/platform/cluster.hpp"

#include <vector>

namespace iccsim::engine {

class BundleNetwork : public Network {
public:
  /// Joins the timeline. Clock and cluster must outlive the network, the network every run of the clock.
  BundleNetwork(Timeline& clock, const platform::Cluster& cluster);
  /// Resources 0 .. `resources` - 1 by capacity alone; of some it may be known that they are those of like nodes.
  BundleNetwork(Timeline& clock, CapacityOf capacity, Merging merging = Merging::on,
                platform::ResourceId resources = 1 << 16, NodeLayout nodes = {});
  BundleNetwork(const BundleNetwork&) = delete; // the clock knows its address
  BundleNetwork& operator=(const BundleNetwork&) = delete;

  ShapeId add(const workload::CollectiveShape& shape) override;
  void remove(ShapeId shape) override;
  void start(ShapeId shape, double bytes, double calls, Done done) override;
  std::optional<TransferId> start_hidden(ShapeId shape, double bytes, double calls, Done done) override;
  bool hidden_ended(TransferId transfer) override;
  bool hold(const std::vector<ShapeId>& shapes, double seconds) override;
  double left(ShapeId shape) const override;
  platform::ResourceId add_limit(double bytes_per_s, std::string name) override;
  double carried_bytes(platform::ResourceId resource) const override { return bundles_.carried_bytes(resource); }
  void set_capacity(platform::ResourceId resource, double bytes_per_s) override;
  std::vector<ResourceUsage> usage() const override;
  void mark_usage() override { bundles_.mark_usage(); }
  void repeat_usage(double times) override { bundles_.repeat_usage(times); }
  bool tells_users_apart() const override { return true; }
  std::vector<int> components(const std::vector<std::vector<ShapeId>>& users) const override;
  ShapeUsage usage_of(const std::vector<ShapeId>& shapes) const override;
  void add_usage(const std::vector<ShapeId>& shapes, const ShapeUsage& usage, double times) override;

private:
  std::vector<BundleId> bundles_of(const std::vector<ShapeId>& shapes) const;

  Clock& clock_;
  Limits limits_;
  Transfers transfers_;
  BundleModel bundles_;
};

} // namespace iccsim::engine
