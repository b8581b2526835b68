// A service over time, in a bounded number of points.
#pragma once

#include "iccsim/metrics/service_figures.hpp"

#include <vector>

namespace iccsim::engine::serving {

/// What is added to a stretch of time is spread evenly over it. When the points are used up, pairs become one.
class ServiceTimeline {
public:
  enum Quantity { running_s, waiting_s, block_s, prompt_tokens, output_tokens, replica_s, quantities };

  explicit ServiceTimeline(double start_s = 0) : start_s_(start_s) {}
  void add(Quantity what, double from_s, double to_s, double amount);
  /// `blocks`: of all KV memory. Points that end by `end_s`, and the last one as far as it goes.
  std::vector<metrics::ServicePoint> points(double end_s, double blocks) const;

private:
  static constexpr std::size_t most_points = 600;
  struct Bucket {
    double sum[quantities] = {};
  };
  void reach(double time_s);

  double start_s_;
  double width_s_ = 1;
  std::vector<Bucket> buckets_;
};

} // namespace iccsim::engine::serving
