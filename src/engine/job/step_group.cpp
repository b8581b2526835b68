#include "engine/job/step_group.hpp"

#include "engine/job/beats.hpp"
#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace iccsim::engine {

namespace {

constexpr double good_error = 0.0015;    ///< standard error of a mean step time, relative
constexpr std::size_t most_steps = 500;  ///< of a job, that one window waits for
constexpr std::size_t fewest_steps = 25; ///< unlike ones: more windows follow than where nobody pauses
constexpr double fair_error = 0.0025;    ///< enough when a window has grown long: others come after other pauses
constexpr std::size_t many_steps = 100;
constexpr double short_beat = 250; ///< in steps; a window sees all positions of jobs that slide so fast
constexpr double beats_seen = 2;
constexpr double first_reach = 16;      ///< the first skip, in windows: one may lie where steps are unlike others
constexpr double least_sure = 1.0 / 16; ///< a share of these
constexpr int settling_steps = 1;
/// Pauses shift jobs against one another, so that steps may take another time after each; a few windows see few
/// positions.
constexpr double growth = 4;
constexpr double lone_reach = 4096; ///< the same for a job that lies nowhere to others

constexpr double fewest_windows = 4; ///< that tell how far windows differ

} // namespace

StepGroup::StepGroup(const std::vector<Id>& jobs) : drift_(jobs.size()) {
  for (const Id job : jobs) {
    steps_[job];
  }
  open_windows(settling_steps);
}

void StepGroup::open_windows(int settling) {
  for (auto& [job, steps] : steps_) {
    steps.window.open(settling);
  }
}

void StepGroup::neighbours_change(double now) {
  open_windows(settling_steps);
  if (windows_ > 0) {
    moved_ = true;
    trusted_s_ = std::min(std::max(trusted_s_, now + reach_s_), now + lone_reach * last_window_s_);
  }
}

void StepGroup::step_ended(Id job, const StepTotals& totals, const ShapeUsage& usage) {
  steps_.at(job).window.step_ended(totals, usage);
  if (windows_ == 0 && !warm_ && warmed_up(windows())) {
    warm_ = true;
    if (!windows_known()) { // jobs took long to find their places: that says nothing of later steps
      open_windows(0);
    }
  }
}

Windows StepGroup::windows() const {
  Windows windows;
  windows.reserve(steps_.size());
  for (const auto& [job, steps] : steps_) {
    windows.push_back(&steps.window);
  }
  return windows;
}

void StepGroup::interrupt() {
  for (auto& [job, steps] : steps_) {
    steps.window.interrupt();
  }
}

/// Windows go on after the pauses that follow, so that they see several positions; what was seen of the position that
/// the last window saw as well would count twice.
void StepGroup::stir(double now) {
  if (needs_pauses() && !stirred_ && now >= trusted_s_) {
    open_windows(settling_steps);
  }
  stirred_ = true;
}

std::vector<double> StepGroup::window_means_s() const {
  std::vector<double> means_s;
  for (const auto& [job, steps] : steps_) {
    means_s.push_back(steps.window.mean_s());
  }
  return means_s;
}

bool StepGroup::windows_known() const {
  const bool enough = std::all_of(steps_.begin(), steps_.end(), [](const auto& of_job) {
    const std::vector<double>& seconds = of_job.second.window.seconds();
    const double error = error_of_mean(seconds, fewest_steps);
    if (!of_job.second.window.stock_steady()) {
      return false;
    }
    return error <= good_error || (seconds.size() >= many_steps && error <= fair_error) || seconds.size() >= most_steps;
  });
  return enough && window_s() >= beats_seen * longest_beat_s(window_means_s(), short_beat);
}

bool StepGroup::fresh() const {
  return (!needs_pauses() || stirred_) && windows_known();
}

StepPool StepGroup::pool(Id job) const {
  const Steps& steps = steps_.at(job);
  StepPool pool = drifts_ ? steps.last : steps.pool;
  if (fresh() || windows_ == 0) {
    pool = drifts_ ? StepPool{} : pool;
    pool.add(steps.window);
  }
  return pool;
}

std::vector<double> StepGroup::spread(Id job) const {
  const Steps& steps = steps_.at(job);
  return steps.window.seconds().empty() ? steps.spread : steps.window.seconds();
}

double StepGroup::window_s() const {
  double longest = 0;
  for (const auto& [job, steps] : steps_) {
    longest = std::max(longest, steps.window.sum().seconds);
  }
  return longest;
}

/// Shorter where a window is less sure: as many of them are as sure together as one that is.
double StepGroup::first_reach_s() const {
  double error = good_error;
  for (const auto& [job, steps] : steps_) {
    error = std::max(error, error_of_mean(steps.window.seconds(), fewest_steps));
  }
  const double sure = std::max(least_sure, std::pow(good_error / error, 2));
  return sure * (lone() ? lone_reach : first_reach) * window_s();
}

double StepGroup::reach_s(double now) const {
  if (!fresh()) {
    return trusted_s_ - now;
  }
  return std::min(slide_reach_s(), std::max(trusted_s_ - now, windows_ == 0 ? first_reach_s() : reach_s_));
}

double StepGroup::slide_reach_s() const {
  return drift_.reach_s(windows(), window_s(), fewest_steps);
}

void StepGroup::learn(double now) {
  begun_s_ = windows_ == 0 ? now - window_s() : begun_s_;
  drift_.look(now - begun_s_);
  trusted_s_ = now + reach_s(now);
  drifts_ = slide_reach_s() < never_s;
  double change = 0;
  for (auto& [job, steps] : steps_) {
    const double before_s = windows_ > 0 ? steps.pool.mean_s() : steps.window.mean_s();
    change = std::max(change, std::abs(steps.window.mean_s() / before_s - 1));
  }
  slides_ = all_slide(window_means_s(), short_beat);
  const bool other = moved_ && change > 5 * good_error; // neighbours matter after all
  for (auto& [job, steps] : steps_) {
    if (other) {
      steps.pool = {};
      steps.means_s.clear();
    }
    steps.pool.add(steps.window);
    steps.last = {};
    steps.last.add(steps.window);
    steps.means_s.push_back(steps.window.mean_s());
    steps.spread = steps.window.seconds();
  }
  drift_.learn(windows());
  adapt_reach(change);
  last_window_s_ = window_s();
  moved_ = false;
  ++windows_;
  open_windows(0);
}

/// The standard error of the mean of all windows, a share of it.
double StepGroup::pool_error() const {
  double worst = 0;
  for (const auto& [job, steps] : steps_) {
    const auto count = static_cast<double>(steps.means_s.size());
    if (count < fewest_windows) {
      return never_s;
    }
    const double mean = std::accumulate(steps.means_s.begin(), steps.means_s.end(), 0.0) / count;
    double squares = 0;
    for (const double mean_s : steps.means_s) {
      squares += std::pow(mean_s / mean - 1, 2);
    }
    worst = std::max(worst, std::sqrt(squares / (count * (count - 1))));
  }
  return worst;
}

/// By how far a window agrees with those before, or all of them with one another.
void StepGroup::adapt_reach(double change) {
  if (windows_ == 0) {
    reach_s_ = first_reach_s();
  } else if (change <= good_error || pool_error() <= good_error) {
    reach_s_ *= growth;
  } else if (change <= 2 * good_error) {
    reach_s_ *= growth / 4;
  } else if (change > 5 * good_error) {
    reach_s_ = std::max(reach_s_ / 4, first_reach_s() / 4);
  }
}

} // namespace iccsim::engine
