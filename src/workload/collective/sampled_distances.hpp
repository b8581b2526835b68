// Which distances stand for all, where n^2 pairs would be too many to route.
#pragma once

#include <cstddef>
#include <vector>

namespace iccsim::workload {

/// Distances 1 .. n-1 around n peers, and how many each stands for. All of them up to `most`, evenly spread above; with
/// any choice every peer sends and receives as much as with all.
struct SampledDistances {
  SampledDistances(std::size_t n, std::size_t most);

  std::vector<std::size_t> distances;
  double weight = 1;
};

/// How many distances are routed when each costs this many routes: at most a tenth of a second or so in all, eight at
/// least.
std::size_t affordable_distances(double routes_per_distance);

} // namespace iccsim::workload
