#include "engine/job/pausing_contention.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::engine {

namespace {

constexpr int settled_steps = 3;

std::vector<std::size_t> groups_of(const std::vector<PausingContention::Member>& members,
                                   const PausingContention::StepGroups& groups) {
  std::vector<std::size_t> group_of;
  for (const PausingContention::Member& member : members) {
    const auto its =
        std::find_if(groups.begin(), groups.end(), [&member](const auto& group) { return group->has(member.id); });
    group_of.push_back(static_cast<std::size_t>(its - groups.begin()));
  }
  return group_of;
}

std::vector<double> steps_of(const std::vector<SkipPlan::Runner>& runners) {
  std::vector<double> step_s;
  step_s.reserve(runners.size());
  for (const SkipPlan::Runner& runner : runners) {
    step_s.push_back(runner.step_s);
  }
  return step_s;
}

std::vector<bool> lone_among(const PausingContention::StepGroups& groups) {
  std::vector<bool> lone;
  for (const auto& group : groups) {
    lone.push_back(group->lone());
  }
  return lone;
}

std::vector<std::vector<ShapeId>> step_shapes(const std::vector<PausingContention::Member>& members,
                                              const std::vector<std::size_t>& group_of, std::size_t groups) {
  std::vector<std::vector<ShapeId>> shapes(groups);
  for (std::size_t m = 0; m < members.size(); ++m) {
    const std::vector<ShapeId>& more = *members[m].job->step_shapes();
    shapes[group_of[m]].insert(shapes[group_of[m]].end(), more.begin(), more.end());
  }
  return shapes;
}

} // namespace

PausingContention::PausingContention(std::vector<Member> members, const StepGroups& groups, const Clock& clock,
                                     Network& network, EpisodeBook& book)
    : JobSampling(std::move(members), clock, network), groups_(groups.size()), group_of_(groups_of(members_, groups)),
      book_(book), surroundings_(book.open_surroundings()), watch_(members_, group_of_, lone_among(groups)),
      saturation_(clock, network, step_shapes(members_, group_of_, groups.size()), all_shapes()) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].steps = groups[g];
    groups_[g].index = g;
  }
  for (std::size_t m = 0; m < members_.size(); ++m) {
    Group& group = groups_[group_of_[m]];
    group.members.push_back(m);
    input_changes_.push_back(members_[m].job->skippable()->stock().changes);
    group.resumed_s = std::max(group.resumed_s, resumes_s(members_[m]));
  }
}

void PausingContention::step_ended(Id id) {
  const auto member = std::find_if(members_.begin(), members_.end(), [id](const Member& m) { return m.id == id; });
  const auto index = static_cast<std::size_t>(member - members_.begin());
  const PauseWatch::Seen seen = watch_.step_ended(index, clock_.now());
  see_saturation(seen == PauseWatch::Seen::pause);
  opened_s_ = std::min(opened_s_, clock_.now());
  const Group& group = groups_[group_of_[index]];
  look_at_input(index);
  switch (seen) {
  case PauseWatch::Seen::pause:
    for (const Group& disturbed : groups_) {
      disturbed.steps->interrupt();
    }
    return;
  case PauseWatch::Seen::settled:
    group.steps->stir(clock_.now(), watch_.take_shifted(group.index));
    group.steps->interrupt();
    return;
  case PauseWatch::Seen::settling:
    group.steps->interrupt();
    return;
  case PauseWatch::Seen::calm:
    break;
  }
  if (clock_.now() >= group.resumed_s) { // else others of it are being skipped: nobody slows this one
    group.steps->step_ended(id, member->job->skippable()->totals(), network_.usage_of(*member->job->step_shapes()));
  }
}

/// When caches come to serve another share of what a member reads, all that was seen is void: who reads less from
/// storage leaves more to the others. Returns whether they have.
bool PausingContention::look_at_input(std::size_t m) {
  const double changes = members_[m].job->skippable()->stock().changes;
  if (std::exchange(input_changes_[m], changes) == changes) {
    return false;
  }
  const Group& group = groups_[group_of_[m]];
  group.steps->forget(until_input_is_used(group));
  surroundings_ = book_.open_surroundings();
  return true;
}

/// Steps in which all that was read or begun before is used, and as much again until stocks are where they stay.
int PausingContention::until_input_is_used(const Group& group) const {
  constexpr double most = 100;
  double batches = 0;
  for (const std::size_t m : group.members) {
    batches = std::max(batches, members_[m].job->skippable()->stock().full);
  }
  return static_cast<int>(std::min(most, 2 * batches)) + settled_steps;
}

bool PausingContention::known() const {
  return clock_.now() > opened_s_ &&
         std::any_of(groups_.begin(), groups_.end(), [this](const Group& group) { return ready(group); });
}

bool PausingContention::ready(const Group& group) const {
  return clock_.now() >= group.resumed_s && group.steps->known(clock_.now()) && watch_.calm(group.index);
}

const StepPool& PausingContention::pool(std::size_t m) const {
  const StepGroup& group = *groups_[group_of_[m]].steps;
  return over_pauses_ ? group.pool(members_[m].id) : group.pool_here(members_[m].id);
}

/// By what is known of a member's steps, or else seen; one that has not ended any yet pauses when time comes.
double PausingContention::step_s(std::size_t m) const {
  constexpr double instant_s = 1e-3;
  const double seen_s = groups_[group_of_[m]].steps->knows(members_[m].id) ? pool(m).mean_s() : 0;
  return seen_s > 0 ? seen_s : instant_s;
}

std::vector<SkipPlan::Runner> PausingContention::runners() const {
  std::vector<SkipPlan::Runner> runners;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const Skippable& job = *members_[m].job->skippable();
    const StepTotals totals = job.totals();
    SkipPlan::Runner runner;
    runner.id = members_[m].id;
    runner.step_s = step_s(m);
    runner.at_s = totals.end_s - members_[m].job->skippable()->ahead() * runner.step_s;
    runner.steps = totals.steps;
    runner.most_steps = job.steps_left(runner.step_s);
    runner.play_pauses = !groups_[group_of_[m]].steps->outlasts_pauses();
    if (job.pause() != nullptr) {
      runner.schedule = job.pause()->schedule();
    }
    runners.push_back(std::move(runner));
  }
  return runners;
}

void PausingContention::skip(double until) {
  bool changed = false;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    changed = look_at_input(m) || changed;
  }
  if (changed) {
    return;
  }
  over_pauses_ = false;
  const std::vector<SkipPlan::Runner> all = runners();
  double limit = until;
  for (const SkipPlan::Runner& runner : all) {
    limit = std::min(limit, std::max(clock_.now(), runner.at_s) + (runner.most_steps + 1) * runner.step_s);
  }
  if (std::all_of(groups_.begin(), groups_.end(), [this](const Group& group) { return ready(group); })) {
    skip_all(all, limit);
  } else {
    skip_apart(all, limit);
  }
}

/// By means until the next pause if that comes first, else over many; `all`: accordingly.
SkipPlan PausingContention::plan_all(std::vector<SkipPlan::Runner>& all, double reach_s, double limit) {
  const bool to_pause = std::any_of(groups_.begin(), groups_.end(), [this, reach_s](const Group& group) {
    return group.steps->needs_pauses() && group.steps->reach_s(clock_.now()) <= reach_s;
  });
  SkipPlan plan(book_, surroundings_, clock_.now(), all);
  plan.run(clock_.now() + reach_s, limit, to_pause);
  if (!plan.skips_pauses()) {
    return plan;
  }
  over_pauses_ = true;
  all = runners();
  SkipPlan longer(book_, surroundings_, clock_.now(), all);
  longer.run(clock_.now() + reach_s, limit, to_pause);
  return longer;
}

/// With their pauses.
void PausingContention::skip_all(std::vector<SkipPlan::Runner> all, double limit) {
  double reach_s = never_s;
  for (const Group& group : groups_) {
    reach_s = std::min(reach_s, group.steps->reach_s(clock_.now()));
  }
  report_pauses();
  const SkipPlan plan = plan_all(all, reach_s, limit);
  if (!worth_it(plan.runners())) {
    return;
  }
  saturation_.close(resumed_s());
  double longest_s = 0;
  for (Group& group : groups_) {
    const double seconds = skip_group(group, all, plan.runners());
    saturation_.repeat_steps(group.index, seconds - plan.episodes_s());
    longest_s = std::max(longest_s, seconds);
    if (plan.before_pause()) {
      group.steps->await_pause();
    }
  }
  saturation_.repeat_others(longest_s - plan.episodes_s(), plan.episodes_s());
  watch_.skipped();
}

/// Each group that is known, as far as nobody pauses, while the others are played: until all can be skipped together,
/// where these only settle after a pause.
void PausingContention::skip_apart(const std::vector<SkipPlan::Runner>& all, double limit) {
  double calm_s = std::min(limit, SkipPlan(book_, surroundings_, clock_.now(), all).calm_until());
  const bool all_known = std::all_of(groups_.begin(), groups_.end(),
                                     [this](const Group& group) { return group.steps->known(clock_.now()); });
  if (const double settled_s = watch_.settled_at(steps_of(all)); all_known && settled_s > clock_.now()) {
    calm_s = std::min(calm_s, settled_s);
  }
  bool any = false;
  for (Group& group : groups_) {
    if (ready(group)) {
      any = skip_calm(group, all, std::min(calm_s, clock_.now() + group.steps->reach_s(clock_.now()))) || any;
    }
  }
  if (any) {
    watch_.skipped();
  }
}

/// Whether there was anything to skip.
bool PausingContention::skip_calm(Group& group, const std::vector<SkipPlan::Runner>& all, double until) {
  std::vector<SkipPlan::Runner> own;
  for (const std::size_t m : group.members) {
    own.push_back(all[m]);
    own.back().schedule.reset();
  }
  SkipPlan plan(book_, surroundings_, clock_.now(), own);
  plan.run(until, until, false);
  if (!worth_it(plan.runners())) {
    return false;
  }
  std::vector<SkipPlan::Runner> after = all;
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    after[group.members[i]] = plan.runners()[i];
  }
  saturation_.close(resumed_s());
  saturation_.repeat_steps(group.index, skip_group(group, all, after));
  return true;
}

/// All of them for the same time, so that they lie to one another afterwards as they did before. Returns for how long.
double PausingContention::skip_group(Group& group, const std::vector<SkipPlan::Runner>& before,
                                     const std::vector<SkipPlan::Runner>& after) {
  const double seconds = drifted_s(group, after, span_s(group, before, after));
  double longest_s = 0;
  for (const std::size_t m : group.members) {
    longest_s = std::max(longest_s, skip_member(m, after[m], seconds));
  }
  resume(group, clock_.now() + longest_s);
  return longest_s;
}

/// While its members drift: as long as whole steps of any of them take at least.
double PausingContention::drifted_s(const Group& group, const std::vector<SkipPlan::Runner>& after,
                                    double seconds) const {
  double least_s = 0;
  for (const std::size_t m : group.members) {
    const double plain_s = seconds - after[m].extra.seconds;
    least_s = std::min(least_s, group.steps->drifts() ? drift_s(members_[m], pool(m).mean_s(), plain_s) : 0);
  }
  return seconds + least_s;
}

/// Whole steps, with what is left over of the last skip, of the member that ends next: its end is when it should be.
double PausingContention::span_s(const Group& group, const std::vector<SkipPlan::Runner>& before,
                                 const std::vector<SkipPlan::Runner>& after) const {
  double next_end_s = never_s;
  double most_s = never_s;
  double seconds = 0;
  for (const std::size_t m : group.members) {
    const SkipPlan::Runner& runner = after[m];
    const double ahead = members_[m].job->skippable()->ahead();
    most_s = std::min(most_s, runner.extra.seconds + (runner.most_steps + 0.5 - ahead) * runner.step_s);
    if (runner.skipped >= 1 && runner.most_steps * runner.step_s < next_end_s) {
      next_end_s = runner.most_steps * runner.step_s;
      seconds = runner.at_s - before[m].at_s - ahead * runner.step_s;
    }
  }
  return std::min(seconds, most_s);
}

/// What was seen of a group that is skipped counts from now on.
void PausingContention::resume(Group& group, double at_s) {
  group.resumed_s = at_s;
  if (group.steps->fresh()) {
    group.steps->learn(clock_.now());
  } else {
    group.steps->interrupt();
  }
}

void PausingContention::see_saturation(bool pausing) {
  if (!saturation_.plays(pausing)) {
    saturation_.play(pausing, resumed_s());
  }
}

std::vector<double> PausingContention::resumed_s() const {
  std::vector<double> resumed_s;
  for (const Group& group : groups_) {
    resumed_s.push_back(group.resumed_s);
  }
  return resumed_s;
}

void PausingContention::report_pauses() {
  over_pauses_ = true;
  std::vector<Id> ids;
  std::vector<StepRecord> means;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    ids.push_back(members_[m].id);
    StepRecord mean = groups_[group_of_[m]].steps->knows(members_[m].id) ? pool(m).mean() : StepRecord{};
    mean.seconds = step_s(m);
    means.push_back(std::move(mean));
  }
  watch_.report(book_, surroundings_, ids, means);
  over_pauses_ = false;
}

/// Two steps of somebody at least.
bool PausingContention::worth_it(const std::vector<SkipPlan::Runner>& runners) {
  return std::any_of(runners.begin(), runners.end(),
                     [](const SkipPlan::Runner& runner) { return runner.skipped >= 2; });
}

/// Steps of the mean, and what pauses add to them, for so long: those that count are whole ones. Returns for how
/// long.
double PausingContention::skip_member(std::size_t m, const SkipPlan::Runner& runner, double seconds) {
  if (runner.most_steps < 1) {
    return 0;
  }
  const StepGroup& group = *groups_[group_of_[m]].steps;
  const StepPool& steps = pool(m);
  const double plain_s = seconds - runner.extra.seconds;
  SkippedSteps what;
  what.steps =
      std::clamp(std::round(plain_s / steps.mean_s() + members_[m].job->skippable()->ahead()), 0.0, runner.most_steps);
  what.sum = runner.extra;
  what.sum.seconds = seconds;
  what.schedule = runner.schedule;
  what.pauses = runner.pauses;
  const double behind_s = group.drifts() ? drift_s(members_[m], steps.mean_s(), plain_s) : 0;
  skip_steps(members_[m], std::move(what), steps, group.spread(members_[m].id), runner.extra.seconds);
  follow(members_[m], steps.mean_s(), behind_s);
  return seconds;
}

} // namespace iccsim::engine
