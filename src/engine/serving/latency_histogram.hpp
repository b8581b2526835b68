// Latencies by the million in a fixed space.
#pragma once

#include "iccsim/metrics/service_figures.hpp"

#include <cstddef>
#include <limits>
#include <vector>

namespace iccsim::engine::serving {

/// Bins a thousandth wide, each with its count and sum: means are exact, a quantile is the mean of its bin, so that
/// it is off by less than a thousandth, and exact where values repeat.
class LatencyHistogram {
public:
  void add(double seconds, double times = 1) { add_bin(bin_of(seconds), times, times * seconds); }
  /// `times` values first_s, first_s + slope_s, ... (slope >= 0), each `weight` times.
  void add_ramp(double first_s, double slope_s, double times, double weight);
  void add(const LatencyHistogram& other);

  double count() const { return count_; }
  /// Not a number where there is no sample.
  double mean_s() const { return count_ > 0 ? sum_ / count_ : std::numeric_limits<double>::quiet_NaN(); }
  /// Nearest rank, as metrics::Samples; not a number where there is no sample.
  double quantile_s(double share) const;
  /// Whether `share` of the samples last at most `limit_s`, with `within` more that do and `beyond` more that do not.
  bool keeps(double share, double limit_s, double within, double beyond) const;
  metrics::LatencyFigures figures() const;

private:
  struct Bin {
    double count = 0;
    double sum = 0;
  };
  static std::size_t bin_of(double seconds);
  static double upper_edge_s(std::size_t bin);
  static double rank_of(double share, double count);
  double at_rank_s(double rank) const;
  void add_bin(std::size_t bin, double times, double sum);

  std::vector<Bin> bins_;
  double count_ = 0;
  double sum_ = 0;
};

} // namespace iccsim::engine::serving
