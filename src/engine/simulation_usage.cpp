#include "engine/simulation_usage.hpp"

#include <algorithm>
#include <tuple>

namespace iccsim::engine {
namespace {

constexpr std::size_t most_figures = 24; // a result lists the busiest, not a cluster's inventory

bool busier(const ResourceUsage& a, const ResourceUsage& b) {
  return std::make_tuple(-a.saturated_s, -a.mean_utilization, a.resource) <
         std::make_tuple(-b.saturated_s, -b.mean_utilization, b.resource);
}

/// Of its own bandwidth: at the end a fault may have left the link less of it, or nothing.
void undo_faults(ResourceUsage& row, const platform::Cluster& cluster) {
  if (row.limit.empty() && row.capacity != cluster.capacity(row.resource)) {
    row.mean_utilization *= row.capacity / cluster.capacity(row.resource);
    row.capacity = cluster.capacity(row.resource);
  }
}

} // namespace

std::vector<metrics::ResourceFigures> usage_figures(std::vector<ResourceUsage> usage,
                                                    const platform::Cluster& cluster) {
  for (ResourceUsage& row : usage) {
    undo_faults(row, cluster);
  }
  std::sort(usage.begin(), usage.end(), busier);
  usage.resize(std::min(usage.size(), most_figures));
  std::vector<metrics::ResourceFigures> figures;
  for (const ResourceUsage& row : usage) {
    if (row.bytes > 0) {
      const bool limit = !row.limit.empty();
      const auto kind = limit ? platform::ResourceKind::streams : cluster.kind(row.resource);
      figures.push_back({limit ? row.limit : cluster.resource_name(row.resource), std::string(name_of(kind)),
                         row.capacity, row.bytes, row.mean_utilization, row.peak_utilization, row.saturated_s,
                         row.multiplicity});
    }
  }
  return figures;
}

} // namespace iccsim::engine
