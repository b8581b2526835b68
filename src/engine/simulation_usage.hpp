// What the network measured, as the result shows it.
#pragma once

#include "iccsim/engine/network.hpp"
#include "iccsim/metrics/result.hpp"

namespace iccsim::engine {

/// The busiest resources, bottleneck first: by time at full capacity, then by mean utilization. Those
/// with equal figures (to 1e-6) are one row.
std::vector<metrics::ResourceFigures> usage_figures(std::vector<ResourceUsage> usage, const platform::Cluster& cluster);

} // namespace iccsim::engine
