#include "engine/serving/autoscaler.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {
namespace {

/// Sums of shares are exact to less than this.
constexpr double rounding = 1e-9;

double asked_for(double replicas, double load, double target, double tolerance) {
  const double ratio = load / (target * replicas);
  return std::abs(ratio - 1) <= tolerance + rounding ? replicas : std::ceil(load / target - rounding);
}

} // namespace

/// What is there at the start counts as the first advice, so that nothing ends before a whole window was seen.
Autoscaler::Autoscaler(const scenario::AutoscaleSpec& rule, double now, int replicas)
    : rule_(rule), advices_{{now, replicas}} {}

int Autoscaler::advice(int replicas, const ServiceLoad& load) const {
  double most = load.least;
  for (const auto& [target, now] :
       {std::pair(rule_.target_queue, load.waiting), std::pair(rule_.target_requests, load.requests),
        std::pair(rule_.target_kv, load.kv)}) {
    most = target > 0 ? std::max(most, asked_for(replicas, now, target, rule_.tolerance)) : most;
  }
  return static_cast<int>(std::clamp<double>(most, rule_.min, rule_.max));
}

int Autoscaler::look(double now, int replicas, const ServiceLoad& load) {
  advices_.push_back({now, advice(replicas, load)});
  while (advices_.front().at_s < now - std::max(rule_.scale_up_after_s, rule_.scale_down_after_s)) {
    advices_.pop_front();
  }
  int up = rule_.max; // the least that was asked for all along
  int down = 0;       // the most that was asked for at any time
  for (const Advice& advice : advices_) {
    up = advice.at_s >= now - rule_.scale_up_after_s ? std::min(up, advice.replicas) : up;
    down = advice.at_s >= now - rule_.scale_down_after_s ? std::max(down, advice.replicas) : down;
  }
  return replicas < up ? up : replicas > down ? down : replicas;
}

} // namespace iccsim::engine::serving
