#include "engine/job/job_sampling.hpp"

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
