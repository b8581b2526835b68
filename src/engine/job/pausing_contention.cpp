#include "engine/job/pausing_contention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace iccsim::engine {

namespace {

constexpr double good_error = 0.0015;   ///< standard error of a mean step time, relative
constexpr std::size_t most_steps = 500; ///< of a member, that one window waits for
constexpr double first_reach = 64;      ///< the first skip, in windows
constexpr int settling_steps = 1;
/// Pauses shift jobs against one another, so that steps may take another time after each; a few windows see few
/// positions.
constexpr double growth = 4;

std::vector<Job*> jobs_of(const std::vector<PausingContention::Member>& members) {
  std::vector<Job*> jobs;
  for (const PausingContention::Member& member : members) {
    jobs.push_back(member.job);
  }
  return jobs;
}

} // namespace

PausingContention::PausingContention(std::vector<Member> members, const Clock& clock, Network& network,
                                     EpisodeBook& book)
    : JobSampling(std::move(members), clock, network), steps_(members_.size()), book_(book),
      surroundings_(book.open_surroundings()), watch_(jobs_of(members_)) {
  open_windows(settling_steps);
}

void PausingContention::open_windows(int settling) {
  for (Steps& steps : steps_) {
    steps.window.open(settling);
  }
  usage_opened_ = false;
}

void PausingContention::step_ended(Id id) {
  const auto member = std::find_if(members_.begin(), members_.end(), [id](const Member& m) { return m.id == id; });
  const auto index = static_cast<std::size_t>(member - members_.begin());
  const PauseWatch::Seen seen = watch_.step_ended(index, clock_.now());
  if (clock_.now() < resumed_s_) {
    return; // others are being skipped: nobody slows it
  }
  open_usage();
  if (seen == PauseWatch::Seen::over) {
    if (clock_.now() >= trusted_s_) { // positions are others now: what was seen before would count twice
      open_windows(settling_steps);
    }
    stirred_ = true;
  }
  if (seen == PauseWatch::Seen::calm) {
    steps_[index].window.step_ended(member->job->skippable()->totals(), network_.usage_of(*member->job->step_shapes()));
    return;
  }
  interrupt_windows();
}

void PausingContention::interrupt_windows() {
  for (Steps& steps : steps_) {
    steps.window.interrupt();
  }
}

bool PausingContention::known() const {
  return watch_.calm() && clock_.now() >= resumed_s_ && (clock_.now() < trusted_s_ || (stirred_ && windows_known()));
}

bool PausingContention::windows_known() const {
  return std::all_of(steps_.begin(), steps_.end(), [](const Steps& steps) {
    return steps.window.seconds().size() >= most_steps || error_of_mean(steps.window.seconds()) <= good_error;
  });
}

/// What is known of a member's steps now.
StepPool PausingContention::pool_with_window(std::size_t m, bool anew) const {
  StepPool pool = steps_[m].pool;
  if (anew) {
    pool.add(steps_[m].window);
  }
  return pool;
}

double PausingContention::window_s() const {
  return clock_.now() - opened_s_;
}

void PausingContention::skip(double until) {
  const bool anew = stirred_ && windows_known();
  const double reach_s = anew ? reach_limit_s() : trusted_s_ - clock_.now();
  std::vector<StepPool> pools;
  double longest = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    pools.push_back(pool_with_window(m, anew));
    longest = std::max(longest, pools[m].mean_s());
  }
  double limit = until - longest; // one step is left to be played before whatever comes
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const double step_s = pools[m].mean_s();
    limit = std::min(limit, clock_.now() + members_[m].job->skippable()->steps_left(step_s) * step_s);
  }
  if (!(limit - clock_.now() >= 2 * longest)) {
    return;
  }
  report_pauses(pools);
  const SkipPlan plan = run_ahead(pools, clock_.now() + reach_s, limit);
  if (!worth_it(plan)) {
    return;
  }
  if (anew) {
    learn();
    trusted_s_ = clock_.now() + reach_s;
  }
  ShapeUsage saturated = network_.usage_of(all_shapes()).since(opened_usage_);
  saturated.bytes.clear();
  resumed_s_ = clock_.now();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    skip_member(m, plan.runners()[m], pools[m]);
  }
  watch_.skipped();
  network_.add_usage(all_shapes(), saturated, (resumed_s_ - clock_.now()) / window_s());
  stirred_ = stirred_ && !plan.before_pause();
  if (anew) {
    open_windows(0);
  } else {
    interrupt_windows();
  }
}

void PausingContention::report_pauses(const std::vector<StepPool>& pools) {
  std::vector<Id> ids;
  std::vector<StepRecord> means;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    ids.push_back(members_[m].id);
    means.push_back(pools[m].mean());
  }
  watch_.report(book_, surroundings_, ids, means);
}

SkipPlan PausingContention::run_ahead(const std::vector<StepPool>& pools, double enough, double until) const {
  std::vector<SkipPlan::Runner> runners;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const Skippable& job = *members_[m].job->skippable();
    const StepTotals totals = job.totals();
    SkipPlan::Runner runner;
    runner.id = members_[m].id;
    runner.at_s = totals.end_s;
    runner.steps = totals.steps;
    runner.step_s = pools[m].mean_s();
    runner.most_steps = job.steps_left(runner.step_s);
    if (job.pause() != nullptr) {
      runner.schedule = job.pause()->schedule();
    }
    runners.push_back(std::move(runner));
  }
  SkipPlan plan(book_, surroundings_, clock_.now(), std::move(runners));
  plan.run(enough, until);
  return plan;
}

/// Two steps of somebody at least.
bool PausingContention::worth_it(const SkipPlan& plan) {
  return std::any_of(plan.runners().begin(), plan.runners().end(),
                     [](const SkipPlan::Runner& runner) { return runner.skipped >= 2; });
}

/// Takes the windows into account, and how far they agree with those before.
void PausingContention::learn() {
  double change = 0;
  for (Steps& steps : steps_) {
    const double before_s = windows_ > 0 ? steps.pool.mean_s() : steps.window.mean_s();
    change = std::max(change, std::abs(steps.window.mean_s() / before_s - 1));
    steps.pool.add(steps.window);
  }
  if (windows_++ == 0) {
    reach_s_ = first_reach * window_s();
  } else if (change <= good_error) {
    reach_s_ *= growth;
  } else if (change <= 2 * good_error) {
    reach_s_ *= growth / 4;
  } else if (change > 5 * good_error) {
    reach_s_ = std::max(reach_s_ / 4, first_reach / 4 * window_s());
  }
}

double PausingContention::reach_limit_s() const {
  return windows_ == 0 ? first_reach * window_s() : reach_s_;
}

/// Steps of the mean, and what pauses add to them.
void PausingContention::skip_member(std::size_t m, const SkipPlan::Runner& runner, const StepPool& pool) {
  SkippedSteps what;
  what.steps = runner.skipped;
  if (what.steps < 1) {
    return;
  }
  const StepRecord step = pool.mean();
  what.sum = runner.extra;
  what.sum.seconds += what.steps * step.seconds;
  add_scaled(what.sum, step.classes, what.steps);
  what.schedule = runner.schedule;
  what.pauses = runner.pauses;
  what.spread = steps_[m].window.seconds();
  if (what.spread.empty()) {
    what.spread = {step.seconds};
  }
  double spread_s = 0;
  for (const double step_s : what.spread) {
    spread_s += step_s / static_cast<double>(what.spread.size());
  }
  for (double& step_s : what.spread) {
    step_s *= step.seconds / spread_s;
  }
  members_[m].job->skippable()->skip(what);
  add_steps_usage(*members_[m].job->step_shapes(), pool, what.steps);
  resumed_s_ = std::max(resumed_s_, clock_.now() + what.sum.seconds);
}

} // namespace iccsim::engine
