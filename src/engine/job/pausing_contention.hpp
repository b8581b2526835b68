// Jobs that slow one another and pause: what their steps take on average, and what their pauses cost.
#pragma once

#include "engine/job/job_sampling.hpp"
#include "engine/job/pause_watch.hpp"
#include "engine/job/saturation_book.hpp"
#include "engine/job/skip_plan.hpp"
#include "engine/job/step_group.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace iccsim::engine {

/// As Contention, of jobs that read and write storage. Pauses (checkpoints) are no part of a window: each kind of them
/// is played until it is known what it costs every member, and then accounted for when it is due. Pauses shift jobs
/// against one another, so that steps may take another time after each: a skip ends before a pause, and the window
/// comes after it.
class PausingContention : public JobSampling {
public:
  using StepGroups = std::vector<std::shared_ptr<StepGroup>>;

  /// All must outlive it. `groups` hold all members, each in one of them, and may know their steps; `book` may know
  /// their pauses from other surroundings.
  PausingContention(std::vector<Member> members, const StepGroups& groups, const Clock& clock, Network& network,
                    EpisodeBook& book);

  void step_ended(Id id) override;
  void pause_begins() override { see_saturation(true); }
  bool known() const override;
  void skip(double until) override;

private:
  struct Group {
    std::shared_ptr<StepGroup> steps;
    std::size_t index = 0;
    std::vector<std::size_t> members; ///< indices
    double resumed_s = 0;             ///< when all of it are played again
  };

  bool look_at_input(std::size_t member);
  int until_input_is_used(const Group& group) const;
  bool ready(const Group& group) const;
  const StepPool& pool(std::size_t member) const;
  double step_s(std::size_t member) const;
  std::vector<SkipPlan::Runner> runners() const;
  SkipPlan plan_all(std::vector<SkipPlan::Runner>& all, double reach_s, double limit);
  void skip_all(std::vector<SkipPlan::Runner> all, double limit);
  void skip_apart(const std::vector<SkipPlan::Runner>& all, double limit);
  bool skip_calm(Group& group, const std::vector<SkipPlan::Runner>& all, double until);
  double skip_group(Group& group, const std::vector<SkipPlan::Runner>& before,
                    const std::vector<SkipPlan::Runner>& after);
  void resume(Group& group, double at_s);
  void see_saturation(bool pausing);
  std::vector<double> resumed_s() const;
  void report_pauses();
  static bool worth_it(const std::vector<SkipPlan::Runner>& runners);
  double span_s(const Group& group, const std::vector<SkipPlan::Runner>& before,
                const std::vector<SkipPlan::Runner>& after) const;
  double drifted_s(const Group& group, const std::vector<SkipPlan::Runner>& after, double seconds) const;
  double skip_member(std::size_t member, const SkipPlan::Runner& runner, double seconds);

  std::vector<Group> groups_;
  std::vector<std::size_t> group_of_; ///< each member
  EpisodeBook& book_;
  int surroundings_;                  ///< in the book
  std::vector<double> input_changes_; ///< of each member
  PauseWatch watch_;
  SaturationBook saturation_;
  double opened_s_ = never_s; ///< when the first step of all ended
  bool over_pauses_ = false;  ///< means are those over many pauses
};

} // namespace iccsim::engine
