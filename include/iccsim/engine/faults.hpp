// Links of a scenario's faults on the cluster that it describes.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <vector>

namespace iccsim::engine {

/// One change of the capacity of one resource.
struct CapacityChange {
  double at_s = 0;
  platform::ResourceId resource = 0;
  double bytes_per_s = 0; ///< 0: the link is gone
};

/// All changes that the faults of `scenario` make, in order of time. Of faults that overlap on a link the worst counts.
/// A link without its end (gpu-17/nic3) is both directions. Names that lead nowhere are added to `diagnostics`.
std::vector<CapacityChange> capacity_changes(const scenario::Scenario& scenario, const platform::Cluster& cluster,
                                             scenario::Diagnostics& diagnostics);

} // namespace iccsim::engine
