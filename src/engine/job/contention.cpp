#include "engine/job/contention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {

namespace {

constexpr double good_error = 0.0015;   ///< standard error of a mean step time, relative
constexpr std::size_t most_steps = 500; ///< of a member, that one window waits for
constexpr double first_reach = 64;      ///< the first skip, in windows
constexpr int settling_steps = 1;
constexpr double growth = 64; ///< of skips, while windows agree

/// Seconds in which the steps of two jobs shift past one another once, when `p` steps of one take about as long as `q`
/// of the other. Infinite when they keep their places.
double beat_s(double a_s, double b_s) {
  constexpr double locked = 1e-7; // relative
  constexpr double apart = 0.05;
  double beat = std::numeric_limits<double>::infinity();
  for (int p = 1; p <= 3; ++p) {
    for (int q = 1; q <= 3; ++q) {
      const double shift = std::abs(q * a_s - p * b_s) / (q * a_s);
      if (shift > locked && shift < apart) {
        beat = std::min(beat, a_s / p / shift);
      }
    }
  }
  return beat;
}

} // namespace

Contention::Contention(std::vector<Member> members, const Clock& clock, Network& network)
    : members_(std::move(members)), steps_(members_.size()), clock_(clock), network_(network) {
  resumed_s_ = clock_.now();
  open_windows(settling_steps);
}

bool Contention::has(Id id) const {
  return std::any_of(members_.begin(), members_.end(), [id](const Member& member) { return member.id == id; });
}

void Contention::open_windows(int settling) {
  for (Steps& steps : steps_) {
    steps.window.open(settling);
  }
  usage_opened_ = false;
}

void Contention::step_ended(Id id) {
  if (clock_.now() < resumed_s_) {
    return; // others are being skipped: nobody slows it
  }
  if (!usage_opened_) {
    usage_opened_ = true;
    opened_s_ = clock_.now();
    opened_usage_ = network_.usage_of(all_shapes());
  }
  for (std::size_t m = 0; m < members_.size(); ++m) {
    if (members_[m].id == id) {
      steps_[m].window.step_ended(members_[m].job->skippable()->totals(),
                                  network_.usage_of(*members_[m].job->shapes()));
    }
  }
}

bool Contention::known() const {
  const double allowed = good_error * std::sqrt(1.0 + windows_);
  return std::all_of(steps_.begin(), steps_.end(), [allowed](const Steps& steps) {
    return steps.window.seconds().size() >= most_steps || error_of_mean(steps.window.seconds()) <= allowed;
  });
}

void Contention::skip(double until) {
  double longest = 0;
  for (const Steps& steps : steps_) {
    longest = std::max(longest, steps.window.mean_s());
  }
  const double window_s = clock_.now() - opened_s_;
  const double reach_s = std::min(windows_ == 0 ? first_reach * window_s : reach_s_, beat_reach_s(window_s));
  // One step is left to be played before whatever comes at `until`.
  double seconds = std::min(reach_s, until - clock_.now() - longest);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const double step_s = steps_[m].window.mean_s();
    seconds = std::min(seconds, members_[m].job->skippable()->steps_left(step_s) * step_s);
  }
  if (!(seconds >= 2 * longest)) {
    return;
  }
  learn();
  ShapeUsage saturated = network_.usage_of(all_shapes()).since(opened_usage_);
  saturated.bytes.clear();
  network_.add_usage(all_shapes(), saturated, seconds / window_s);
  resumed_s_ = clock_.now();
  const bool sliding = seconds >= beat_reach_s(window_s) * (1 - 1e-9);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    skip_member(m, seconds, sliding);
  }
  open_windows(0);
}

/// Takes the windows into account, and how far they agree with those before.
void Contention::learn() {
  double change = 0;
  for (Steps& steps : steps_) {
    const double before_s = windows_ > 0 ? steps.pool.mean_s() : steps.window.mean_s();
    change = std::max(change, std::abs(steps.window.mean_s() / before_s - 1));
    steps.pool.add(steps.window);
  }
  const double window_s = clock_.now() - opened_s_;
  if (windows_++ == 0) {
    reach_s_ = first_reach * window_s;
  } else if (change <= good_error) {
    reach_s_ *= growth;
  } else if (change <= 2 * good_error) {
    reach_s_ *= growth / 4;
  } else if (change > 5 * good_error) {
    reach_s_ = std::max(reach_s_ / 4, 4 * window_s);
  }
}

/// Jobs with nearly equal periods slide past one another so slowly that a window sees one of many positions. A skip
/// then spans a part of that, and what comes after it is seen again.
double Contention::beat_reach_s(double window_s) const {
  constexpr double parts = 16;
  double reach_s = std::numeric_limits<double>::infinity();
  for (std::size_t a = 0; a < steps_.size(); ++a) {
    for (std::size_t b = a + 1; b < steps_.size(); ++b) {
      const double beat = beat_s(steps_[a].window.mean_s(), steps_[b].window.mean_s());
      reach_s = beat < window_s ? reach_s : std::min(reach_s, beat / parts);
    }
  }
  return reach_s;
}

/// By what all windows say, or, while jobs slide, the last.
void Contention::skip_member(std::size_t m, double seconds, bool sliding) {
  StepPool pool;
  if (sliding) {
    pool.add(steps_[m].window);
  } else {
    pool = steps_[m].pool;
  }
  const StepRecord step = pool.mean();
  Skippable& job = *members_[m].job->skippable();
  const double steps = std::min(std::floor(seconds / step.seconds), job.steps_left(step.seconds));
  if (steps < 1) {
    return;
  }
  std::vector<double> spread = steps_[m].window.seconds();
  const double scale = step.seconds / steps_[m].window.mean_s();
  for (double& step_s : spread) {
    step_s *= scale;
  }
  job.skip(step, steps, spread);
  ShapeUsage usage = pool.usage;
  usage.saturated_s.clear();
  network_.add_usage(*members_[m].job->shapes(), usage, steps / pool.steps);
  resumed_s_ = std::max(resumed_s_, clock_.now() + steps * step.seconds);
}

std::vector<ShapeId> Contention::all_shapes() const {
  std::vector<ShapeId> all;
  for (const Member& member : members_) {
    const std::vector<ShapeId>& shapes = *member.job->shapes();
    all.insert(all.end(), shapes.begin(), shapes.end());
  }
  return all;
}

} // namespace iccsim::engine
