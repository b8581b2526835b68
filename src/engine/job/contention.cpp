#include "engine/job/contention.hpp"

#include "engine/job/beats.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {

namespace {

constexpr double good_error = 0.0015;    ///< standard error of a mean step time, relative
constexpr std::size_t fewest_steps = 10; ///< of a member, in a window: however alike, they may drift
constexpr std::size_t most_steps = 500;  ///< of a member, that one window waits for
constexpr double first_reach = 4;        ///< the first skip, in windows: one may lie where steps are unlike others
constexpr int settling_steps = 1;
constexpr double growth = 64;            ///< of skips, while windows agree
constexpr double short_beat_steps = 250; ///< in steps; played twice
constexpr double trust = 8;              ///< a skip against what has been seen, where halves of it agree

} // namespace

Contention::Contention(std::vector<Member> members, const Clock& clock, Network& network)
    : JobSampling(std::move(members), clock, network), steps_(members_.size()), drift_(members_.size()),
      begun_s_(clock.now()), resumed_s_(clock.now()) {
  for (const Member& member : members_) {
    resumed_s_ = std::max(resumed_s_, resumes_s(member));
  }
  open_windows(settling_steps);
}

void Contention::open_windows(int settling) {
  for (Steps& steps : steps_) {
    steps.window.open(settling);
  }
  usage_opened_ = false;
}

/// The first step that ends after windows were opened anew begins what they see.
void Contention::open_usage() {
  if (!usage_opened_) {
    usage_opened_ = true;
    opened_s_ = clock_.now();
    opened_usage_ = network_.usage_of(all_shapes());
  }
}

void Contention::step_ended(Id id) {
  if (clock_.now() < resumed_s_) {
    return; // others are being skipped: nobody slows it
  }
  open_usage();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    if (members_[m].id == id) {
      steps_[m].window.step_ended(members_[m].job->skippable()->totals(),
                                  network_.usage_of(*members_[m].job->shapes()));
    }
  }
  if (windows_ == 0 && !warm_ && warmed_up(windows())) {
    warm_ = true;
    if (!known()) { // jobs took long to find their places: that says nothing of later steps
      open_windows(0);
    }
  }
}

Windows Contention::windows() const {
  Windows windows;
  windows.reserve(steps_.size());
  for (const Steps& steps : steps_) {
    windows.push_back(&steps.window);
  }
  return windows;
}

/// The longest beat that is short enough to be played twice.
Beat Contention::short_beat() const {
  std::vector<double> means_s;
  for (const Steps& steps : steps_) {
    means_s.push_back(steps.window.mean_s());
  }
  return longest_beat(means_s, short_beat_steps);
}

/// A skip so short that it matters which part of a beat it leaves out is of whole ones.
double Contention::whole_beats_s(double seconds) const {
  const Beat beat = short_beat();
  if (beat.s == 0 || seconds <= 0) {
    return seconds;
  }
  const auto even = [&](std::size_t m) {
    return uneven_error(steps_[m].window.seconds(), seconds, beat.s) <= good_error;
  };
  return even(beat.a) && even(beat.b) ? seconds : std::floor(seconds / beat.s) * beat.s;
}

bool Contention::known() const {
  if (rest_s_ > 0) {
    return std::none_of(steps_.begin(), steps_.end(), [](const Steps& steps) { return steps.window.empty(); });
  }
  const bool enough = std::all_of(steps_.begin(), steps_.end(), [](const Steps& steps) {
    return steps.window.seconds().size() >= fewest_steps && steps.window.stock_steady();
  });
  if (!enough) {
    return false;
  }
  if (const Beat beat = short_beat(); beat.s > 0) {
    return whole_beats_seen(windows(), beat, clock_.now() - opened_s_, good_error) &&
           std::all_of(steps_.begin(), steps_.end(), [](const Steps& steps) {
             return steps.window.seconds().size() >= most_steps ||
                    halves_differ_by(steps.window.seconds()) <= good_error;
           });
  }
  const double allowed = good_error * std::sqrt(1.0 + windows_);
  return std::all_of(steps_.begin(), steps_.end(), [allowed](const Steps& steps) {
    return steps.window.seconds().size() >= most_steps || steps.window.error() <= allowed;
  });
}

void Contention::skip(double until) {
  const double window_s = clock_.now() - opened_s_;
  const bool goes_on = rest_s_ > 0;
  if (!goes_on) {
    rest_s_ = reach(window_s);
  }
  double longest = 0;
  for (const Steps& steps : steps_) {
    longest = std::max(longest, steps.window.mean_s());
  }
  // One step is left to be played before whatever comes at `until`.
  double seconds = std::min(rest_s_, until - clock_.now() - longest);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const double step_s = steps_[m].window.mean_s();
    seconds = std::min(seconds, members_[m].job->skippable()->steps_left(step_s) * step_s);
  }
  const double asked_s = seconds;
  seconds = whole_beats_s(seconds);
  if (!(seconds >= 2 * longest)) {
    const bool cut =
        goes_on && rest_s_ > asked_s && rest_s_ >= 2 * longest; // by `until`: what is known stays known after it
    rest_s_ = cut ? rest_s_ : 0;
    return;
  }
  if (!goes_on) {
    learn(window_s);
  }
  seconds = whole_steps_s(seconds);
  seconds = drifting_ ? drifted_s(seconds) : seconds;
  if (!(seconds >= longest)) { // the mean of all windows leaves less than this one
    rest_s_ = 0;
    open_windows(0);
    return;
  }
  network_.add_usage(all_shapes(), saturated_, seconds / saturated_window_s_);
  resumed_s_ = clock_.now();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    skip_member(m, seconds);
  }
  rest_s_ = sliding_ ? 0 : std::max(0.0, rest_s_ - seconds);
  open_windows(0);
}

/// How far what has been seen says what comes.
double Contention::reach(double window_s) {
  drift_.look(clock_.now() - begun_s_);
  const double agreed_s = windows_ == 0 ? first_reach * window_s : reach_s_;
  const double reach_s = std::max(agreed_s, trust * drift_.seen_s());
  const double slide_s = drift_.reach_s(windows(), window_s);
  drifting_ = slide_s < never_s && drift_.sure(windows(), window_s);
  sliding_ = drifting_ || slide_s <= reach_s;
  return std::min(reach_s, slide_s);
}

/// Takes the windows into account, and how far they agree with those before.
void Contention::learn(double window_s) {
  saturated_ = network_.usage_of(all_shapes()).since(opened_usage_);
  saturated_.bytes.clear();
  saturated_window_s_ = window_s;
  double change = 0;
  for (Steps& steps : steps_) {
    const double before_s = windows_ > 0 ? steps.pool.mean_s() : steps.window.mean_s();
    change = std::max(change, std::abs(steps.window.mean_s() / before_s - 1));
  }
  const bool found_places = windows_ == 1 && change > 5 * good_error; // before, they had not
  for (Steps& steps : steps_) {
    steps.pool = found_places ? StepPool{} : steps.pool;
    steps.pool.add(steps.window);
    steps.last = steps.window;
  }
  drift_.learn(windows());
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

/// Whole steps, with what is left over of the last skip, of the job that ends next: its end is when it should be.
double Contention::whole_steps_s(double seconds) const {
  double span_s = seconds;
  double next_end_s = never_s;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const double step_s = pool(m).mean_s();
    const double ahead = members_[m].job->skippable()->ahead();
    const double left_s = (members_[m].job->skippable()->steps_left(step_s) - ahead) * step_s;
    seconds = std::min(seconds, left_s);
    if (left_s < next_end_s) {
      next_end_s = left_s;
      span_s = (std::floor(seconds / step_s + ahead) - ahead) * step_s;
    }
  }
  return std::min(span_s, seconds);
}

/// By what all windows say, or, while jobs slide, the last.
StepPool Contention::pool(std::size_t m) const {
  if (!sliding_) {
    return steps_[m].pool;
  }
  StepPool last;
  last.add(steps_[m].last);
  return last;
}

/// All for the same time, so that they lie to one another afterwards as they did before; while they drift to places
/// that have not been seen, they go on from there.
void Contention::skip_member(std::size_t m, double seconds) {
  const StepPool mean = pool(m);
  const double left = members_[m].job->skippable()->steps_left(mean.mean_s());
  if (left < 1) {
    return;
  }
  SkippedSteps what;
  what.steps = std::min(std::round(seconds / mean.mean_s() + members_[m].job->skippable()->ahead()), left);
  what.sum.seconds = seconds;
  resumed_s_ = std::max(resumed_s_, clock_.now() + seconds);
  const double behind_s = drifting_ ? drift_s(members_[m], mean.mean_s(), seconds) : 0;
  skip_steps(members_[m], std::move(what), mean, steps_[m].last.seconds());
  follow(members_[m], mean.mean_s(), behind_s);
}

/// The least time that whole steps of any member take: so much is skipped of all while they drift, and the others come
/// after it by as much as theirs take longer.
double Contention::drifted_s(double seconds) const {
  double least_s = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    least_s = std::min(least_s, drift_s(members_[m], pool(m).mean_s(), seconds));
  }
  return seconds + least_s;
}

} // namespace iccsim::engine
