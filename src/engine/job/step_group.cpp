#include "engine/job/step_group.hpp"

#include "engine/job/beats.hpp"
#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {

namespace {

constexpr double good_error = 0.0015;    ///< standard error of a mean step time, relative
constexpr std::size_t most_steps = 500;  ///< of a job, that one window waits for
constexpr std::size_t fewest_steps = 25; ///< unlike ones: more windows follow than where nobody pauses
constexpr std::size_t fewest_alike = 3;
constexpr std::size_t fewest_drifting = 10; ///< however alike, as long as jobs may drift
constexpr double fair_error = 0.0025;       ///< enough when a window has grown long: others come after other pauses
constexpr std::size_t many_steps = 100;
constexpr double short_beat = 250;      ///< in steps; a window sees all positions of jobs that slide so fast
constexpr double first_reach = 16;      ///< the first skip, in windows: one may lie where steps are unlike others
constexpr double least_sure = 1.0 / 16; ///< a share of these
constexpr int settling_steps = 1;
/// Pauses shift jobs against one another, so that steps may take another time after each; a few windows see few
/// positions.
constexpr double growth = 4;
constexpr double lone_reach = 4096; ///< the same for a job that lies nowhere to others

} // namespace

StepGroup::StepGroup(const std::vector<Id>& jobs) : drift_(jobs.size()) {
  for (const Id job : jobs) {
    steps_[job];
  }
  open_windows(settling_steps);
}

void StepGroup::forget(int settling) {
  std::vector<Id> jobs;
  for (const auto& [job, steps] : steps_) {
    jobs.push_back(job);
  }
  *this = StepGroup(jobs);
  open_windows(settling);
}

void StepGroup::open_windows(int settling) {
  for (auto& [job, steps] : steps_) {
    steps.window.open(settling);
  }
}

void StepGroup::changes() {
  pools_.clear();
  pools_here_.clear();
}

void StepGroup::neighbours_change(double now) {
  changes();
  open_windows(settling_steps);
  if (windows_ > 0) {
    moved_ = true;
    trusted_s_ = std::min(std::max(trusted_s_, now + reach_s_), now + lone_reach * last_window_s_);
  }
}

void StepGroup::step_ended(Id job, const StepTotals& totals, const ShapeUsage& usage) {
  changes();
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
  changes();
  for (auto& [job, steps] : steps_) {
    steps.window.interrupt();
  }
}

/// Windows go on after the pauses that follow, so that they see several positions; what was seen of the position that
/// the last window saw as well would count twice.
void StepGroup::stir(double now, bool shifted) {
  changes();
  if (shifted && needs_pauses()) {
    shifted_ = true;
    if (!outlasts_pauses()) {
      trusted_s_ = std::min(trusted_s_, now);
    }
  }
  const bool begun_before = !stirred_ || (shifted && !since_pause_ && !outlasts_pauses());
  if (needs_pauses() && begun_before && now >= trusted_s_) {
    open_windows(settling_steps);
    since_pause_ = true;
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
  const std::size_t fewest = !lone() && (windows_ < 2 || drifts_) ? fewest_drifting : fewest_alike;
  const bool enough = std::all_of(steps_.begin(), steps_.end(), [fewest](const auto& of_job) {
    const StepWindow& window = of_job.second.window;
    const std::size_t steps = window.seconds().size();
    if (!window.stock_steady() || steps < fewest) {
      return false;
    }
    const double error = window.error(fewest_steps);
    return error <= good_error || (steps >= many_steps && error <= fair_error) || steps >= most_steps;
  });
  if (!enough) {
    return false;
  }
  const Beat beat = longest_beat(window_means_s(), short_beat);
  return beat.s == 0 || whole_beats_seen(windows(), beat, window_s(), good_error);
}

bool StepGroup::fresh() const {
  return (!needs_pauses() || stirred_) && windows_known();
}

/// With what is fresh.
PositionPool StepGroup::positions(const Steps& steps) const {
  PositionPool positions = steps.pool;
  if (fresh() || windows_ == 0) {
    positions.add(steps.window, fewest_steps, elsewhere());
  }
  return positions;
}

const StepPool& StepGroup::pool(Id job) const {
  const auto known = pools_.find(job);
  return known != pools_.end() ? known->second : pools_[job] = find_pool(job);
}

const StepPool& StepGroup::pool_here(Id job) const {
  const auto known = pools_here_.find(job);
  return known != pools_here_.end() ? known->second : pools_here_[job] = find_pool_here(job);
}

StepPool StepGroup::find_pool(Id job) const {
  return drifts_ ? find_pool_here(job) : positions(steps_.at(job)).all();
}

StepPool StepGroup::find_pool_here(Id job) const {
  const Steps& steps = steps_.at(job);
  if (drifts_ && fresh()) {
    StepPool last;
    last.add(steps.window);
    return last;
  }
  if (drifts_) {
    return steps.last;
  }
  const bool seen = fresh() || !shifted_;
  return seen ? positions(steps).here() : positions(steps).all();
}

bool StepGroup::outlasts_pauses() const {
  return !needs_pauses() || pool_error() <= good_error;
}

/// Whether what its windows see is another position than that of the last.
bool StepGroup::elsewhere() const {
  if (windows_ == 0 || shifted_ || !needs_pauses()) {
    return true;
  }
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& of_job) {
    const Steps& steps = of_job.second;
    return std::abs(steps.window.mean_s() / steps.pool.seen_here_s() - 1) > 2 * good_error;
  });
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
    error = std::max(error, steps.window.error(fewest_steps));
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
  changes();
  begun_s_ = windows_ == 0 ? now - window_s() : begun_s_;
  drift_.look(now - begun_s_);
  trusted_s_ = now + reach_s(now);
  drifts_ = slide_reach_s() < never_s && drift_.sure(windows(), window_s());
  const bool is_elsewhere = elsewhere();
  double change = 0;
  for (auto& [job, steps] : steps_) {
    const double before_s = windows_ == 0  ? steps.window.mean_s()
                            : is_elsewhere ? steps.pool.all().mean_s()
                                           : steps.pool.seen_here_s();
    change = std::max(change, std::abs(steps.window.mean_s() / before_s - 1));
  }
  slides_ = all_slide(window_means_s(), short_beat);
  const bool other = moved_ && change > 5 * good_error; // neighbours matter after all
  for (auto& [job, steps] : steps_) {
    if (other) {
      steps.pool = {};
    }
    steps.pool.add(steps.window, fewest_steps, is_elsewhere);
    steps.last = {};
    steps.last.add(steps.window);
    steps.spread = steps.window.seconds();
  }
  drift_.learn(windows());
  adapt_reach(change, is_elsewhere);
  last_window_s_ = window_s();
  shifted_ = false;
  since_pause_ = false;
  moved_ = false;
  ++windows_;
  open_windows(0);
}

/// The standard error of the mean over all positions, a share of it.
double StepGroup::pool_error() const {
  double worst = 0;
  for (const auto& [job, steps] : steps_) {
    worst = std::max(worst, steps.pool.empty() ? never_s : steps.pool.error());
  }
  return worst;
}

/// By how far a window agrees with those before, or all positions with one another.
void StepGroup::adapt_reach(double change, bool elsewhere) {
  const bool only_position = elsewhere && needs_pauses(); // which says nothing of how long one lasts
  if (windows_ == 0) {
    reach_s_ = first_reach_s();
  } else if (pool_error() <= good_error || (!only_position && change <= good_error)) {
    reach_s_ *= growth;
  } else if (!only_position && change > 5 * good_error) {
    reach_s_ = std::max(reach_s_ / 4, first_reach_s() / 4);
  }
}

} // namespace iccsim::engine
