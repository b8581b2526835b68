#include "engine/serving/service_timeline.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {

void ServiceTimeline::reach(double time_s) {
  while (time_s - start_s_ > width_s_ * static_cast<double>(most_points)) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      const Bucket bucket = buckets_[i];
      Bucket& into = buckets_[i / 2];
      into = i % 2 == 0 ? Bucket{} : into;
      for (int q = 0; q < quantities; ++q) {
        into.sum[q] += bucket.sum[q];
      }
    }
    buckets_.resize((buckets_.size() + 1) / 2);
    width_s_ *= 2;
  }
  const auto needed = static_cast<std::size_t>(std::ceil((time_s - start_s_) / width_s_));
  if (needed > buckets_.size()) {
    buckets_.resize(std::min(needed, most_points));
  }
}

void ServiceTimeline::add(Quantity what, double from_s, double to_s, double amount) {
  if (amount == 0) {
    return;
  }
  reach(to_s);
  const auto bucket_of = [this](double time_s) {
    const auto bucket = static_cast<std::size_t>(std::max(0.0, (time_s - start_s_) / width_s_));
    return std::min(bucket, buckets_.empty() ? 0 : buckets_.size() - 1);
  };
  buckets_.resize(std::max<std::size_t>(1, buckets_.size()));
  const std::size_t first = bucket_of(from_s);
  const std::size_t last = bucket_of(to_s);
  if (first == last) {
    buckets_[first].sum[what] += amount;
    return;
  }
  const double rate = amount / (to_s - from_s);
  double since_s = from_s;
  for (std::size_t i = first; i <= last; ++i) {
    const double until_s = i == last ? to_s : start_s_ + static_cast<double>(i + 1) * width_s_;
    buckets_[i].sum[what] += rate * (until_s - since_s);
    since_s = until_s;
  }
}

std::vector<metrics::ServicePoint> ServiceTimeline::points(double end_s, double blocks) const {
  std::vector<metrics::ServicePoint> points;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const double from_s = start_s_ + static_cast<double>(i) * width_s_;
    const double length_s = std::min(width_s_, end_s - from_s);
    if (length_s <= 0) {
      break;
    }
    const double* sum = buckets_[i].sum;
    points.push_back({from_s - start_s_, sum[running_s] / length_s, sum[waiting_s] / length_s,
                      blocks > 0 ? sum[block_s] / length_s / blocks : 0, sum[prompt_tokens] / length_s,
                      sum[output_tokens] / length_s, static_cast<int>(std::lround(sum[replica_s] / length_s))});
  }
  return points;
}

} // namespace iccsim::engine::serving
