#include "engine/job/job_sampling.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace iccsim::engine {

std::vector<ShapeId> JobSampling::all_shapes() const {
  std::vector<ShapeId> all;
  for (const Member& member : members_) {
    const std::vector<ShapeId>& shapes = *member.job->shapes();
    all.insert(all.end(), shapes.begin(), shapes.end());
  }
  return all;
}

double JobSampling::drift_s(const Member& member, double step_s, double seconds) {
  constexpr double most_drift = 0.2; // steps
  const double steps = std::round(seconds / step_s + member.job->skippable()->ahead());
  const double drift_s = steps * step_s - seconds;
  return std::abs(drift_s) < most_drift * step_s ? drift_s : 0;
}

void JobSampling::follow(const Member& member, double step_s, double drift_s) {
  Skippable& job = *member.job->skippable();
  if (drift_s > 0 && job.delay(drift_s)) {
    job.ahead() += drift_s / step_s;
  }
}

void JobSampling::skip_steps(const Member& member, SkippedSteps what, const StepPool& pool, std::vector<double> spread,
                             double extra_s) {
  const StepRecord step = pool.mean();
  const double steps = (what.sum.seconds - extra_s) / step.seconds;
  member.job->skippable()->ahead() += steps - what.steps;
  add_scaled(what.sum, step.classes, steps);
  const double scale =
      step.seconds * static_cast<double>(spread.size()) / std::accumulate(spread.begin(), spread.end(), 0.0);
  for (double& step_s : spread) {
    step_s *= scale;
  }
  what.spread = std::move(spread);
  member.job->skippable()->skip(what);
  ShapeUsage usage = pool.usage;
  usage.saturated_s.clear();
  network_.add_usage(*member.job->step_shapes(), usage, what.steps / pool.steps);
}

} // namespace iccsim::engine
