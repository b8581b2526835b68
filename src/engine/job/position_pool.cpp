#include "engine/job/position_pool.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {

namespace {

constexpr double fewest_positions = 4; ///< that tell how far they differ

} // namespace

void PositionPool::Means::add(double mean_s, double error_square) {
  ++count;
  sum_s += mean_s;
  squares += mean_s * mean_s;
  noise += error_square;
}

double PositionPool::Means::variance() const {
  const double mean = mean_s();
  return std::max(0.0, squares / count - mean * mean) / (mean * mean) * count / (count - 1);
}

void PositionPool::add(const StepWindow& window, std::size_t fewest, bool elsewhere) {
  if (elsewhere && !empty()) {
    before_.add(seen_here_s(), here_error_square());
    before_pool_.add(here_, 1 / here_windows_);
    here_ = {};
    here_windows_ = 0;
    here_squares_ = 0;
  }
  here_.add(window);
  ++here_windows_;
  here_squares_ += std::pow(window.error(fewest), 2);
}

StepPool PositionPool::all() const {
  StepPool all = before_pool_;
  if (!empty()) {
    all.add(here_, 1 / here_windows_);
  }
  return all;
}

PositionPool::Means PositionPool::with_here() const {
  Means means = before_;
  means.add(seen_here_s(), here_error_square());
  return means;
}

StepPool PositionPool::here() const {
  if (before_.count == 0) {
    return here_;
  }
  const Means means = with_here();
  const double apart = std::max(0.0, means.variance() - means.noise / means.count);
  const double error = here_error_square();
  const double weight = error > 0 ? apart / (apart + error) : 1;
  StepPool here;
  here.add(all(), (1 - weight) / means.count);
  here.add(here_, weight / here_windows_);
  return here;
}

double PositionPool::error() const {
  const Means means = with_here();
  return means.count < fewest_positions ? std::numeric_limits<double>::infinity()
                                        : std::sqrt(means.variance() / means.count);
}

} // namespace iccsim::engine
