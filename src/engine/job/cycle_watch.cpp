#include "engine/job/cycle_watch.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {

void CycleWatch::add(CycleStep step, double rounding_s) {
  rounding_s_ = rounding_s;
  steps_.push_back(std::move(step));
  if (steps_.size() > static_cast<std::size_t>(longest_) * alike_cycles) {
    steps_.pop_front();
  }
}

int CycleWatch::period() const {
  for (int period = 1; period <= longest_; ++period) {
    if (repeats(period)) {
      return period;
    }
  }
  return 0;
}

std::vector<CycleStep> CycleWatch::last(int period) const {
  return {steps_.end() - period, steps_.end()};
}

bool CycleWatch::repeats(int period) const {
  const auto needed = static_cast<std::size_t>(period) * alike_cycles;
  if (steps_.size() < needed) {
    return false;
  }
  for (std::size_t i = steps_.size() - needed; i + static_cast<std::size_t>(period) < steps_.size(); ++i) {
    if (!same(steps_[i], steps_[i + static_cast<std::size_t>(period)])) {
      return false;
    }
  }
  return true;
}

bool CycleWatch::same(const CycleStep& a, const CycleStep& b) const {
  const double allowed = std::max(tolerance * a.seconds, rounding_s_);
  if (std::abs(a.seconds - b.seconds) > allowed || a.standing.size() != b.standing.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.standing.size(); ++i) {
    if (std::abs(a.standing[i] - b.standing[i]) > allowed) {
      return false;
    }
  }
  for (std::size_t lane = 0; lane < a.lanes.size(); ++lane) {
    for (std::size_t s = 0; s < metrics::state_count; ++s) {
      const auto state = static_cast<metrics::State>(s);
      if (std::abs(a.lanes[lane][state] - b.lanes[lane][state]) > allowed) {
        return false;
      }
    }
  }
  return true;
}

} // namespace iccsim::engine
