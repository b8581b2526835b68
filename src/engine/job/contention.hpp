// Jobs that slow one another: what their steps take on average.
#pragma once

#include "engine/job/beats.hpp"
#include "engine/job/drift_watch.hpp"
#include "engine/job/job_sampling.hpp"
#include "engine/job/step_window.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// How their steps lie to one another decides what each takes, and shifts from step to step. So they are played
/// together for a window of time, until means are known well enough, then all are skipped at once, for the same time,
/// so that they lie to one another afterwards as they did before, and played again. Where periods nearly agree, what a
/// window sees depends on where jobs lie: until they have slid past one another twice, skips are short, go by the last
/// window, and jobs drift on as whole steps of each would have moved them.
class Contention : public JobSampling {
public:
  Contention(std::vector<Member> members, const Clock& clock, Network& network);

  void step_ended(Id id) override;
  bool known() const override;
  void skip(double until) override;

private:
  struct Steps {
    StepWindow window;
    StepPool pool;
    StepWindow last; ///< learnt from
  };

  void open_usage();
  void learn(double window_s);
  double reach(double window_s);
  Beat short_beat() const;
  double whole_beats_s(double seconds) const;
  double whole_steps_s(double seconds) const;
  double drifted_s(double seconds) const;
  StepPool pool(std::size_t member) const;
  void skip_member(std::size_t member, double seconds);
  void open_windows(int settling);
  Windows windows() const;

  std::vector<Steps> steps_;
  DriftWatch drift_;
  double begun_s_;
  double resumed_s_;      ///< when all are played again
  int windows_ = 0;       ///< learnt from
  bool warm_ = false;     ///< the first window has been long enough to see jobs find their places
  double reach_s_ = 0;    ///< no skip is longer
  double rest_s_ = 0;     ///< of a skip that an event cut short
  bool sliding_ = false;  ///< skips are by the last window
  bool drifting_ = false; ///< to places that have not been seen
  double opened_s_ = 0;   ///< the windows
  ShapeUsage opened_usage_;
  bool usage_opened_ = false;
  ShapeUsage saturated_;
  double saturated_window_s_ = 1;
};

} // namespace iccsim::engine
