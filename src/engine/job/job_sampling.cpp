#include "engine/job/job_sampling.hpp"

namespace iccsim::engine {

std::vector<ShapeId> JobSampling::all_shapes() const {
  std::vector<ShapeId> all;
  for (const Member& member : members_) {
    const std::vector<ShapeId>& shapes = *member.job->shapes();
    all.insert(all.end(), shapes.begin(), shapes.end());
  }
  return all;
}

void JobSampling::open_usage() {
  if (!usage_opened_) {
    usage_opened_ = true;
    opened_s_ = clock_.now();
    opened_usage_ = network_.usage_of(all_shapes());
  }
}

void JobSampling::add_steps_usage(const std::vector<ShapeId>& shapes, const StepPool& pool, double steps) {
  ShapeUsage usage = pool.usage;
  usage.saturated_s.clear();
  network_.add_usage(shapes, usage, steps / pool.steps);
}

} // namespace iccsim::engine
