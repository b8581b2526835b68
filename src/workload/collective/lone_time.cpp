#include "workload/collective/lone_time.hpp"

#include "workload/collective/tier.hpp"

#include <algorithm>

namespace iccsim::workload {

namespace {

/// The slowest resource of each tier so far.
class Slowest {
public:
  explicit Slowest(platform::ResourceReader& resources) : resources_(resources) {}
  void add(platform::ResourceId resource, double load) {
    const platform::ResourceTraits traits = resources_.read(resource);
    double& tier = is_scale_up(traits.kind) ? worst_.scale_up : worst_.elsewhere;
    tier = std::max(tier, load / traits.capacity);
  }
  const SecondsPerByte& worst() const { return worst_; }

private:
  platform::ResourceReader& resources_;
  SecondsPerByte worst_;
};

/// Bundles are sorted by resource: walks them side by side.
void add_together(const std::vector<BundleShape>& bundles, Slowest& slowest) {
  std::vector<std::size_t> next(bundles.size(), 0);
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
      return;
    double load = 0;
    for (std::size_t b = 0; b < bundles.size(); ++b)
      if (next[b] < bundles[b].resources.size() && bundles[b].resources[next[b]].resource == lowest)
        load += bundles[b].bytes_factor * bundles[b].resources[next[b]++].flows;
    slowest.add(lowest, load);
  }
}

} // namespace

SecondsPerByte seconds_per_byte(platform::ResourceReader& resources, const std::vector<BundleShape>& bundles) {
  Slowest slowest(resources);
  if (bundles.size() == 1)
    for (const ResourceFlows& use : bundles.front().resources)
      slowest.add(use.resource, bundles.front().bytes_factor * use.flows);
  else
    add_together(bundles, slowest);
  return slowest.worst();
}

double lone_seconds(const platform::Cluster& cluster, const CollectiveShape& shape, double bytes) {
  platform::ResourceReader resources(cluster);
  double seconds = 0;
  for (const PhaseShape& phase : shape.phases) {
    const SecondsPerByte per_byte = seconds_per_byte(resources, phase.bundles);
    seconds += phase.latency_s + bytes * std::max(per_byte.scale_up, per_byte.elsewhere);
  }
  return seconds;
}

} // namespace iccsim::workload
