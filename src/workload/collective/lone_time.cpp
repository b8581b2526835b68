#include "workload/collective/lone_time.hpp"

#include <algorithm>

namespace iccsim::workload {

double seconds_per_byte(const platform::Cluster& cluster, const std::vector<BundleShape>& bundles) {
  // Bundles are sorted by resource: walk them side by side.
  std::vector<std::size_t> next(bundles.size(), 0);
  double worst = 0;
  while (true) {
    bool any = false;
    platform::ResourceId lowest = 0;
    for (std::size_t b = 0; b < bundles.size(); ++b) {
      if (next[b] == bundles[b].resources.size())
        continue;
      const auto resource = bundles[b].resources[next[b]].resource;
      lowest = any ? std::min(lowest, resource) : resource;
      any = true;
    }
    if (!any)
      return worst;
    double load = 0;
    for (std::size_t b = 0; b < bundles.size(); ++b)
      if (next[b] < bundles[b].resources.size() && bundles[b].resources[next[b]].resource == lowest)
        load += bundles[b].bytes_factor * bundles[b].resources[next[b]++].flows;
    worst = std::max(worst, load / cluster.capacity(lowest));
  }
}

double lone_seconds(const platform::Cluster& cluster, const CollectiveShape& shape, double bytes) {
  double seconds = 0;
  for (const PhaseShape& phase : shape.phases)
    seconds += phase.latency_s + bytes * seconds_per_byte(cluster, phase.bundles);
  return seconds;
}

} // namespace iccsim::workload
