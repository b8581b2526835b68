#include "engine/simulation_usage.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace iccsim::engine {
namespace {

constexpr std::size_t most_figures = 24; // a result lists the busiest, not a cluster's inventory
constexpr double rounding = 1e-6;        // sums in different orders, and SimGrid's clock of a nanosecond

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

bool same(double a, double b) {
  return std::abs(a - b) <= rounding * std::max(std::abs(a), std::abs(b));
}

bool alike(const ResourceUsage& a, const ResourceUsage& b) {
  return a.limit.empty() && b.limit.empty() && same(a.capacity, b.capacity) && same(a.bytes, b.bytes) &&
         same(a.peak_utilization, b.peak_utilization) && same(a.saturated_s, b.saturated_s);
}

/// The busiest, those alike in one row under the first of their names: networks fold by how they work, and two that
/// carried the same must list the same.
std::vector<ResourceUsage> busiest(const std::vector<ResourceUsage>& sorted) {
  std::vector<ResourceUsage> rows;
  for (const ResourceUsage& next : sorted) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const ResourceUsage& r) { return alike(r, next); });
    if (row != rows.end()) {
      row->resource = std::min(row->resource, next.resource);
      row->multiplicity += next.multiplicity;
    } else if (rows.size() < most_figures) {
      rows.push_back(next);
    }
  }
  return rows;
}

} // namespace

std::vector<metrics::ResourceFigures> usage_figures(std::vector<ResourceUsage> usage,
                                                    const platform::Cluster& cluster) {
  for (ResourceUsage& row : usage) {
    undo_faults(row, cluster);
  }
  std::sort(usage.begin(), usage.end(), busier);
  std::vector<metrics::ResourceFigures> figures;
  for (const ResourceUsage& row : busiest(usage)) {
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
