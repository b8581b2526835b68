#include "engine/job/window_history.hpp"

#include <cmath>
#include <limits>

namespace iccsim::engine {

namespace {

constexpr std::size_t fewest = 16; ///< windows

} // namespace

void WindowHistory::add(const StepWindow& window) {
  const Sum before = up_to_.empty() ? Sum{} : up_to_.back();
  up_to_.push_back({before.steps + 1 / window.mean_s(), before.seconds + 1});
}

double WindowHistory::halves_differ_by() const {
  if (up_to_.size() < fewest) {
    return std::numeric_limits<double>::infinity();
  }
  const Sum& first = up_to_[up_to_.size() / 2 - 1];
  const Sum& all = up_to_.back();
  const double second_mean_s = (all.seconds - first.seconds) / (all.steps - first.steps);
  return std::abs(first.seconds / first.steps / second_mean_s - 1);
}

} // namespace iccsim::engine
