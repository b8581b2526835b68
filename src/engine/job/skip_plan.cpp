#include "engine/job/skip_plan.hpp"

#include "engine/job/step_window.hpp"
#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {

namespace {

/// What a pause may be wrong by, a share of the time between two: a third of what a mean step may be wrong by, because
/// those of several jobs add up.
constexpr double good_error = 0.0005;

} // namespace

SkipPlan::SkipPlan(const EpisodeBook& book, int surroundings, double now_s, std::vector<Runner> runners)
    : book_(book), surroundings_(surroundings), now_s_(now_s), runners_(std::move(runners)) {
  for (const Runner& runner : runners_) {
    longest_s_ = std::max(longest_s_, runner.step_s);
  }
}

SkipPlan::Pause SkipPlan::next_pause(std::size_t index) const {
  const Runner& runner = runners_[index];
  Pause pause;
  if (!runner.schedule) {
    return pause;
  }
  double plain = runner.schedule->steps_until(runner.at_s, runner.steps, runner.step_s);
  if (!std::isfinite(plain)) {
    return pause;
  }
  for (int rounding = 0; rounding < 2; ++rounding, ++plain) {
    pause = {index, runner.at_s + (plain + 1) * runner.step_s, runner.steps + plain + 1, {}};
    pause.levels = runner.schedule->due(pause.at_s, pause.steps);
    if (!pause.levels.empty()) {
      break;
    }
  }
  return pause;
}

/// The next pause, and all that begin before nothing goes on of those before.
std::vector<SkipPlan::Pause> SkipPlan::next_together() const {
  std::vector<Pause> all;
  for (std::size_t r = 0; r < runners_.size(); ++r) {
    all.push_back(next_pause(r));
  }
  std::sort(all.begin(), all.end(), [](const Pause& a, const Pause& b) { return a.at_s < b.at_s; });
  std::vector<Pause> together;
  double until = -1;
  for (Pause& pause : all) {
    if (!std::isfinite(pause.at_s) || (!together.empty() && pause.at_s > until)) {
      break;
    }
    together.push_back(std::move(pause));
    const Pause& last = together.back();
    until = std::max(until, last.at_s + runners_[last.runner].step_s + book_.lasts_s(kind_of({last})));
  }
  return together;
}

EpisodeKind SkipPlan::kind_of(const std::vector<Pause>& pauses) const {
  EpisodeKind kind;
  for (const Pause& pause : pauses) {
    kind.emplace_back(runners_[pause.runner].id, pause.levels);
  }
  std::sort(kind.begin(), kind.end());
  return kind;
}

/// The shortest time between two pauses of one of these jobs.
double SkipPlan::interval_s(const std::vector<Pause>& pauses) const {
  double interval = std::numeric_limits<double>::infinity();
  for (const Pause& pause : pauses) {
    const PauseSchedule& schedule = *runners_[pause.runner].schedule;
    interval = std::min(interval, pause.at_s - schedule.begun_s(pause.levels.front()));
  }
  return interval;
}

bool SkipPlan::known(const std::vector<Pause>& pauses) {
  const EpisodeKind kind = kind_of(pauses);
  const bool no_levels = std::any_of(pauses.begin(), pauses.end(), [](const Pause& p) { return p.levels.empty(); });
  const bool play =
      std::any_of(pauses.begin(), pauses.end(), [this](const Pause& p) { return runners_[p.runner].play_pauses; });
  const double interval = interval_s(pauses);
  // A pause that lasts until the next one of its kind is no episode.
  if (play || no_levels || book_.lasts_s(kind) > interval / 2) {
    return false;
  }
  const double allowed_s = good_error * interval;
  in_parts_ = false;
  const auto known_to = [&](const Runner& runner) { return cost(kind, runner.id).error_s <= allowed_s; };
  if (std::all_of(runners_.begin(), runners_.end(), known_to)) {
    return true;
  }
  in_parts_ = true;
  return std::all_of(runners_.begin(), runners_.end(), known_to);
}

EpisodeCost SkipPlan::cost(const EpisodeKind& kind, std::size_t id) const {
  return in_parts_ ? book_.sum_of_parts(kind, id) : book_.cost(surroundings_, kind, id);
}

void SkipPlan::charge(const EpisodeKind& kind) {
  for (Runner& runner : runners_) {
    const EpisodeCost charged = cost(kind, runner.id);
    runner.at_s += charged.extra.seconds;
    runner.extra.seconds += charged.extra.seconds;
    add_scaled(runner.extra, charged.extra.classes, 1);
  }
}

void SkipPlan::begin(const std::vector<Pause>& pauses) {
  for (const Pause& pause : pauses) {
    Runner& runner = runners_[pause.runner];
    runner.schedule->begin(pause.levels, pause.at_s, pause.steps);
    runner.pauses.push_back(pause.levels);
    runner.skipped += pause.steps - runner.steps;
    runner.steps = pause.steps;
    runner.at_s = pause.at_s;
  }
  const EpisodeKind kind = kind_of(pauses);
  episodes_s_ += book_.lasts_s(kind);
  charge(kind);
}

/// Whether pauses can be accounted for, with nothing of them left over at `until`.
bool SkipPlan::fits(const std::vector<Pause>& pauses, double until) {
  double ends_s = 0;
  bool enough_steps = true;
  for (const Pause& pause : pauses) {
    const Runner& runner = runners_[pause.runner];
    ends_s = std::max(ends_s, pause.at_s + book_.lasts_s(kind_of({pause})) + longest_s_);
    enough_steps = enough_steps && runner.skipped + pause.steps - runner.steps <= runner.most_steps;
  }
  return enough_steps && ends_s <= until && known(pauses);
}

bool SkipPlan::skips_pauses() const {
  return std::any_of(runners_.begin(), runners_.end(), [](const Runner& runner) { return !runner.pauses.empty(); });
}

double SkipPlan::calm_until() const {
  const std::vector<Pause> pauses = next_together();
  return pauses.empty() ? never_s : shortly_before(pauses.front());
}

/// Its owner's step before is played.
double SkipPlan::shortly_before(const Pause& pause) const {
  return pause.at_s - 2 * runners_[pause.runner].step_s;
}

void SkipPlan::run(double enough, double until, bool to_pause) {
  double calm_s = to_pause ? never_s : enough;
  for (;;) {
    const std::vector<Pause> pauses = next_together();
    if (pauses.empty()) {
      calm_s = std::min(calm_s, enough);
      break;
    }
    const double begin_s = pauses.front().at_s;
    if (begin_s > enough || !fits(pauses, until)) {
      before_pause_ = shortly_before(pauses.front()) < std::min(calm_s, until);
      calm_s = std::min(calm_s, shortly_before(pauses.front()));
      break;
    }
    begin(pauses);
  }
  for (Runner& runner : runners_) {
    const double latest_s = std::min(calm_s, until - runner.step_s); // a step is played before whatever comes
    const double more =
        std::min(std::floor((latest_s - runner.at_s) / runner.step_s), runner.most_steps - runner.skipped);
    if (more > 0) {
      runner.skipped += more;
      runner.steps += more;
      runner.at_s += more * runner.step_s;
    }
  }
}

} // namespace iccsim::engine
