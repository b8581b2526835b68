#include "workload/collective/sampled_distances.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload {

SampledDistances::SampledDistances(std::size_t n, std::size_t most) {
  const std::size_t all = n - 1;
  const std::size_t count = std::min(all, most);
  // One out of each of `count` equal stretches, at places that follow the golden ratio: regular ones would fall in step
  // with the rows of a torus.
  constexpr double golden = 0.6180339887498949;
  for (std::size_t i = 0; i < count; ++i) {
    const double place = static_cast<double>(i) * golden;
    const double within = place - std::floor(place);
    distances.push_back(1 + static_cast<std::size_t>((static_cast<double>(i) + within) * static_cast<double>(all) /
                                                     static_cast<double>(count)));
  }
  weight = count == 0 ? 1 : static_cast<double>(all) / static_cast<double>(count);
}

std::size_t affordable_distances(double routes_per_distance) {
  constexpr double most_routes = 2e5;
  return static_cast<std::size_t>(std::max(8.0, most_routes / std::max(routes_per_distance, 1.0)));
}

} // namespace iccsim::workload
