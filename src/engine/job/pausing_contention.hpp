// Jobs that slow one another and pause: what their steps take on average, and what their pauses cost.
#pragma once

#include "engine/job/job_sampling.hpp"
#include "engine/job/pause_watch.hpp"
#include "engine/job/skip_plan.hpp"
#include "engine/job/step_window.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// As Contention, of jobs that read and write storage. Pauses (checkpoints) are no part of a window: each kind of them
/// is played until it is known what it costs every member, and then accounted for when it is due. Pauses shift jobs
/// against one another, so that steps may take another time after each: a skip ends before a pause, and the window
/// comes after it.
class PausingContention : public JobSampling {
public:
  /// All must outlive it. `book` may know members' pauses from other surroundings.
  PausingContention(std::vector<Member> members, const Clock& clock, Network& network, EpisodeBook& book);

  void step_ended(Id id) override;
  bool known() const override;
  void skip(double until) override;

private:
  struct Steps {
    StepWindow window;
    StepPool pool;
  };

  bool windows_known() const;
  void interrupt_windows();
  StepPool pool_with_window(std::size_t member, bool anew) const;
  double window_s() const;
  void report_pauses(const std::vector<StepPool>& pools);
  SkipPlan run_ahead(const std::vector<StepPool>& pools, double enough, double until) const;
  static bool worth_it(const SkipPlan& plan);
  void learn();
  double reach_limit_s() const;
  void skip_member(std::size_t member, const SkipPlan::Runner& runner, const StepPool& pool);
  void open_windows(int settling);

  std::vector<Steps> steps_;
  EpisodeBook& book_;
  int surroundings_; ///< in the book
  PauseWatch watch_;
  int windows_ = 0;      ///< learnt from
  double reach_s_ = 0;   ///< no skip is longer
  bool stirred_ = true;  ///< pauses were played since the last skip, if there are any
  double trusted_s_ = 0; ///< until when what was learnt may be used without another window
};

} // namespace iccsim::engine
