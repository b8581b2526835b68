#include "workload/collective/lone_time.hpp"

#include "workload/collective/tier.hpp"

#include <algorithm>

namespace iccsim::workload {

SecondsPerByte seconds_per_byte(const platform::Cluster& cluster, const std::vector<BundleShape>& bundles) {
  // Bundles are sorted by resource: walk them side by side.
  std::vector<std::size_t> next(bundles.size(), 0);
  SecondsPerByte worst;
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
    double& tier = is_scale_up(cluster.kind(lowest)) ? worst.scale_up : worst.elsewhere;
    tier = std::max(tier, load / cluster.capacity(lowest));
  }
}

double lone_seconds(const platform::Cluster& cluster, const CollectiveShape& shape, double bytes) {
  double seconds = 0;
  for (const PhaseShape& phase : shape.phases) {
    const SecondsPerByte per_byte = seconds_per_byte(cluster, phase.bundles);
    seconds += phase.latency_s + bytes * std::max(per_byte.scale_up, per_byte.elsewhere);
  }
  return seconds;
}

} // namespace iccsim::workload
