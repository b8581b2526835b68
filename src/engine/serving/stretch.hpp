// Iterations of an unchanged batch: decode costs are affine in the context, which grows by as much in each pass.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace iccsim::engine::serving {

/// Iteration j = 0, 1, ... takes first_s + j x slope_s.
struct Stretch {
  double first_s = 0;
  double slope_s = 0;

  double duration_s(std::int64_t passes) const {
    const double n = static_cast<double>(passes);
    return first_s * n + slope_s * n * (n - 1) / 2;
  }

  /// How many of the first `most` passes take less than `floor_s`.
  std::int64_t passes_below(double floor_s, std::int64_t most) const {
    if (first_s >= floor_s) {
      return 0;
    }
    if (slope_s <= 0) {
      return most;
    }
    const double passes = std::ceil((floor_s - first_s) / slope_s);
    return passes < static_cast<double>(most) ? static_cast<std::int64_t>(passes) : most;
  }

  /// The fewest passes (>= 1, <= most) that last for `seconds`.
  std::int64_t passes_lasting(double seconds, std::int64_t most) const {
    const double linear = first_s - slope_s / 2; // slope/2 n^2 + linear n = seconds
    double n = seconds / linear;
    if (slope_s > 0) {
      n = 2 * seconds / (linear + std::sqrt(linear * linear + 2 * slope_s * seconds));
    }
    std::int64_t passes = static_cast<std::int64_t>(std::min(std::max(1.0, std::ceil(n)), static_cast<double>(most)));
    while (passes > 1 && duration_s(passes - 1) >= seconds) { // the root is rounded
      --passes;
    }
    while (passes < most && duration_s(passes) < seconds) {
      ++passes;
    }
    return passes;
  }
};

} // namespace iccsim::engine::serving
