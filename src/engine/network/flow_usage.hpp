// What every resource carried, and how full it was, when flows are played one by one.
#pragma once

#include "engine/network/load_meter.hpp"
#include "engine/network/resource_groups.hpp"
#include "iccsim/engine/network.hpp"

#include <vector>

namespace iccsim::engine {

class FlowUsage {
public:
  explicit FlowUsage(std::size_t resources) : past_(resources), mark_(resources), used_(resources) {
    meter_.reset(resources, 0);
  }

  /// More resources, from `now` on.
  void resize(std::size_t resources, double now) {
    past_.resize(resources);
    mark_.resize(resources);
    used_.resize(resources);
    meter_.resize(resources, now);
  }

  /// Each flow of the bundle carried `bytes_each`, in the past for good.
  void carried(const workload::ResourceFlowList& resources, double bytes_each) {
    add_bytes(past_, resources, bytes_each);
  }
  void loaded(platform::ResourceId resource, double utilization, double now) {
    used_[resource] = true;
    meter_.set(resource, utilization, now);
  }
  static void add_bytes(std::vector<UsageHistory>& histories, const workload::ResourceFlowList& resources,
                        double bytes_each);

  /// Until `now`, by resource; without what is in flight.
  std::vector<UsageHistory> read(double now) const;
  /// `until_now` is read() and what is in flight.
  void mark(std::vector<UsageHistory> until_now) { mark_ = std::move(until_now); }
  void repeat(const std::vector<UsageHistory>& until_now, double times);
  /// Resources with equal figures together.
  std::vector<ResourceUsage> usage(const std::vector<UsageHistory>& until_now, const CapacityOf& capacity,
                                   double now) const;

private:
  std::vector<UsageHistory> past_; ///< peaks and saturation: only what was repeated
  std::vector<UsageHistory> mark_;
  std::vector<bool> used_;
  LoadMeter meter_;
};

} // namespace iccsim::engine
