#include "engine/job/pause_watch.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

namespace {

constexpr int lone_settling_steps = 1; ///< which had begun before
constexpr int settling_steps = 3;

} // namespace

PauseWatch::PauseWatch(const std::vector<JobSampling::Member>& members, std::vector<std::size_t> group_of,
                       const std::vector<bool>& lone)
    : members_(members), last_(members.size()), group_of_(std::move(group_of)), unsettled_(lone.size()),
      shifted_(lone.size()) {
  for (const std::size_t group : group_of_) {
    settling_steps_.push_back(lone[group] ? lone_settling_steps : settling_steps);
  }
  skipped();
  begun_before_ = begun();
  begun_seen_ = begun_before_;
}

bool PauseWatch::pausing() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const JobSampling::Member& member) { return member.job->skippable()->pausing(); });
}

std::vector<int> PauseWatch::begun() const {
  std::vector<int> counts;
  for (const JobSampling::Member& member : members_) {
    const StepPause* pause = member.job->skippable()->pause();
    counts.push_back(pause != nullptr ? pause->begun() : 0);
  }
  return counts;
}

PauseWatch::Seen PauseWatch::step_ended(std::size_t member, double now) {
  std::vector<int> counts = begun();
  if (counts != begun_seen_ || pausing()) {
    note_owners(counts);
    begun_seen_ = std::move(counts);
    if (!open_) {
      begin(now);
    }
    last_[member] = totals(member);
    unsettle();
    return Seen::pause;
  }
  const std::size_t group = group_of_[member];
  if (!open_) {
    last_[member] = totals(member);
    return Seen::calm;
  }
  quiet_s_ = quiet_s_ == 0 ? now : quiet_s_;
  if (settled(group)) {
    return Seen::calm;
  }
  last_[member] = totals(member);
  if (to_settle_[member] > 0 && --to_settle_[member] == 0) {
    --unsettled_[group];
  }
  if (!settled(group)) {
    return Seen::settling;
  }
  if (std::all_of(unsettled_.begin(), unsettled_.end(), [](int members) { return members == 0; })) {
    end(now);
  }
  return Seen::settled;
}

void PauseWatch::note_owners(const std::vector<int>& counts) {
  std::vector<bool> owns(shifted_.size());
  bool any = false;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    owns[group_of_[m]] = owns[group_of_[m]] || members_[m].job->skippable()->pause() != nullptr;
    if (counts[m] != begun_seen_[m]) {
      any = true;
      shifted_[group_of_[m]] = true;
    }
  }
  for (std::size_t g = 0; g < owns.size(); ++g) {
    shifted_[g] = shifted_[g] || (any && !owns[g]);
  }
}

bool PauseWatch::take_shifted(std::size_t group) {
  const bool shifted = shifted_[group];
  shifted_[group] = false;
  return shifted;
}

void PauseWatch::unsettle() {
  quiet_s_ = 0;
  to_settle_ = settling_steps_;
  std::fill(unsettled_.begin(), unsettled_.end(), 0);
  for (const std::size_t group : group_of_) {
    ++unsettled_[group];
  }
}

double PauseWatch::settled_at(const std::vector<double>& step_s) const {
  double at_s = 0;
  for (std::size_t m = 0; m < members_.size(); ++m) {
    if (open_ && !settled(group_of_[m])) {
      at_s = std::max(at_s, last_[m].end_s + to_settle_[m] * step_s[m]);
    }
  }
  return at_s;
}

void PauseWatch::skipped() {
  for (std::size_t m = 0; m < members_.size(); ++m) {
    last_[m] = totals(m);
  }
}

StepTotals PauseWatch::totals(std::size_t member) const {
  StepTotals totals = members_[member].job->skippable()->totals();
  totals.steps += members_[member].job->skippable()->ahead();
  return totals;
}

void PauseWatch::begin(double now) {
  open_ = true;
  began_s_ = now;
  before_ = last_;
}

/// An episode in which somebody paused twice says nothing of one pause.
void PauseWatch::end(double now) {
  open_ = false;
  Raw raw;
  bool once = true;
  const std::vector<int> counts = begun();
  for (std::size_t m = 0; m < members_.size(); ++m) {
    const int times = counts[m] - begun_before_[m];
    if (times > 0) {
      raw.owners.push_back(m);
      raw.levels.push_back(members_[m].job->skippable()->pause()->last_begun());
      once = once && times == 1;
    }
    if (before_[m].end_s <= 0) { // a job that is about to start
      raw.took.emplace_back();
      continue;
    }
    StepTotals took{last_[m].steps - before_[m].steps, last_[m].end_s - before_[m].end_s, last_[m].classes};
    for (std::size_t c = 0; c < took.classes.size(); ++c) {
      took.classes[c].add_scaled(before_[m].classes[c], -1);
    }
    raw.took.push_back(std::move(took));
  }
  begun_before_ = counts;
  skipped(); // steps of groups that have settled before others
  raw.lasted_s = std::min(quiet_s_, now) - began_s_;
  if (once && !raw.owners.empty()) {
    seen_.push_back(std::move(raw));
  }
}

void PauseWatch::report(EpisodeBook& book, int surroundings, const std::vector<Id>& ids,
                        const std::vector<StepRecord>& mean) {
  for (const Raw& raw : seen_) {
    EpisodeKind kind;
    for (std::size_t i = 0; i < raw.owners.size(); ++i) {
      kind.emplace_back(ids[raw.owners[i]], raw.levels[i]);
    }
    std::sort(kind.begin(), kind.end());
    std::map<Id, StepRecord> extras;
    for (std::size_t m = 0; m < members_.size(); ++m) {
      const StepTotals& took = raw.took[m];
      if (took.classes.empty()) {
        continue;
      }
      StepRecord& extra = extras[ids[m]];
      extra.seconds = took.end_s - took.steps * mean[m].seconds;
      add_scaled(extra, took.classes, 1);
      add_scaled(extra, mean[m].classes, -took.steps);
    }
    book.add(surroundings, kind, raw.lasted_s, extras);
  }
  seen_.clear();
}

} // namespace iccsim::engine
