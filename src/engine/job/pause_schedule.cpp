#include "engine/job/pause_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {

void PauseSchedule::add(double every_s, double every_steps, int durability) {
  levels_.push_back({every_s, every_steps, durability, 0, 0});
}

void PauseSchedule::open(double at_s) {
  for (Level& level : levels_) {
    level.begun_s = at_s;
  }
}

std::vector<std::size_t> PauseSchedule::due(double at_s, double steps) const {
  std::vector<std::size_t> levels;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const Level& level = levels_[i];
    if (at_s - level.begun_s < level.every_s && steps - level.begun_steps < level.every_steps) {
      continue;
    }
    if (!levels.empty() && level.durability > levels_[levels.front()].durability) {
      levels.clear();
    }
    if (levels.empty() || level.durability == levels_[levels.front()].durability) {
      levels.push_back(i);
    }
  }
  return levels;
}

void PauseSchedule::begin(const std::vector<std::size_t>& levels, double at_s, double steps) {
  const int durability = levels_[levels.front()].durability;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (levels_[i].durability < durability || std::find(levels.begin(), levels.end(), i) != levels.end()) {
      levels_[i].begun_s = at_s;
      levels_[i].begun_steps = steps;
    }
  }
}

bool PauseSchedule::mixed_by_time() const {
  return levels_.size() > 1 &&
         std::any_of(levels_.begin(), levels_.end(), [](const Level& level) { return std::isfinite(level.every_s); });
}

double PauseSchedule::steps_until(double at_s, double steps, double step_s) const {
  double until = std::numeric_limits<double>::infinity();
  for (const Level& level : levels_) {
    until = std::min({until, level.every_steps - (steps - level.begun_steps) - 1,
                      std::ceil((level.every_s - (at_s - level.begun_s)) / step_s) - 1});
  }
  return std::max(0.0, until);
}

} // namespace iccsim::engine
