// Jobs that slow one another's steps: what their steps take on average between pauses.
#pragma once

#include "engine/job/drift_watch.hpp"
#include "engine/job/position_pool.hpp"
#include "engine/job/step_window.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace iccsim::engine {

/// Who shares no link with the group's collectives changes nothing for it but by pauses: what is known of a group
/// outlasts such neighbours.
class StepGroup {
public:
  using Id = std::size_t;

  explicit StepGroup(const std::vector<Id>& jobs);
  bool has(Id job) const { return steps_.count(job) > 0; }

  /// Nobody slows its job but by pauses.
  bool lone() const { return steps_.size() == 1; }
  /// Whether what its steps take depends on where pauses have shifted its jobs to.
  bool needs_pauses() const { return !lone() && !slides_ && !drifts_; }
  /// Its jobs slide past one another so slowly that not all positions have been seen.
  bool drifts() const { return drifts_; }
  /// Nothing that was seen holds any more, nor what the next `settling` steps of each job will show.
  void forget(int settling);
  /// Jobs outside of the group came or went: what is known must be seen again before long.
  void neighbours_change(double now);
  /// A step of `job` has ended while nobody paused; `usage` is that of its collectives.
  void step_ended(Id job, const StepTotals& totals, const ShapeUsage& usage);
  /// Somebody pauses, or jobs were skipped: no step that lasts until now counts.
  void interrupt();
  /// A pause is over; `shifted`: its jobs may lie elsewhere to one another.
  void stir(double now, bool shifted);

  /// Whether its steps are known well enough to be skipped.
  bool known(double now) const { return now < trusted_s_ || fresh(); }
  /// Whether there is something to be learnt.
  bool fresh() const;
  /// Whether anything is known of a job's steps.
  bool knows(Id job) const { return windows_ > 0 || !steps_.at(job).window.empty(); }
  /// Whether pauses of its jobs change nothing, or their mean is known over what they change.
  bool outlasts_pauses() const;
  /// What is known of a job's steps now, or else what was seen: over many pauses, or until the next.
  /// Valid until anything is told.
  const StepPool& pool(Id job) const;
  const StepPool& pool_here(Id job) const;
  /// How their durations are spread; at least one value.
  std::vector<double> spread(Id job) const;
  /// How long all of this may be trusted from `now` on, seconds.
  double reach_s(double now) const;
  /// The steps seen count from now on, and new windows are opened.
  void learn(double now);
  /// Skips have ended shortly before a pause.
  void await_pause() {
    changes();
    stirred_ = false;
  }

private:
  struct Steps {
    StepWindow window;
    PositionPool pool;
    std::vector<double> spread; ///< of the last window
    StepPool last;
  };

  using Pools = std::map<Id, StepPool>;

  void changes();
  StepPool find_pool(Id job) const;
  StepPool find_pool_here(Id job) const;
  std::vector<double> window_means_s() const;
  bool windows_known() const;
  Windows windows() const;
  double window_s() const;
  double first_reach_s() const;
  double slide_reach_s() const;
  void open_windows(int settling);
  PositionPool positions(const Steps& steps) const;
  bool elsewhere() const;
  double pool_error() const;
  void adapt_reach(double change, bool elsewhere);

  std::map<Id, Steps> steps_;
  DriftWatch drift_;
  int windows_ = 0; ///< learnt from
  double last_window_s_ = 0;
  double reach_s_ = 0;   ///< no skip is longer
  double trusted_s_ = 0; ///< until when what was learnt may be used without another window
  bool slides_ = false;  ///< so fast that a window has seen all positions
  bool drifts_ = false;
  double begun_s_ = 0;
  bool shifted_ = false;    ///< its jobs lie elsewhere than in the last window
  bool since_pause_ = true; ///< windows began after a pause, or are the first
  bool stirred_ = true;     ///< pauses were played since the last skip, if there are any
  bool warm_ = false;       ///< the first window has been long enough to see jobs find their places
  bool moved_ = false;      ///< what was learnt was seen beside other neighbours
  mutable Pools pools_;     ///< asked for since the last change: each plan asks for all of them
  mutable Pools pools_here_;
};

} // namespace iccsim::engine
