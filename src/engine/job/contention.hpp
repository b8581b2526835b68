// Jobs that slow one another: what their steps take on average.
#pragma once

#include "engine/job/job_sampling.hpp"
#include "engine/job/step_window.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// How their steps lie to one another decides what each takes, and shifts from step to step. So they are played
/// together for a window of time, until means are known well enough, then all are skipped at once, each by whole steps
/// of its own mean, and played again. Positions within a step stay as they are where periods are locked, and become
/// others where they drift; later windows see those.
class Contention : public JobSampling {
public:
  Contention(std::vector<Member> members, const Clock& clock, Network& network);

  const std::vector<Member>& members() const { return members_; }
  bool has(Id id) const;
  void step_ended(Id id) override;
  bool known() const override;
  void skip(double until) override;

private:
  struct Steps {
    StepWindow window;
    StepPool pool;
  };

  void learn();
  double beat_reach_s(double window_s) const;
  void skip_member(std::size_t member, double seconds, bool sliding);
  void open_windows(int settling);
  std::vector<ShapeId> all_shapes() const;

  std::vector<Member> members_;
  std::vector<Steps> steps_;
  const Clock& clock_;
  Network& network_;
  double opened_s_ = 0; ///< the windows; later than now while members are skipped
  ShapeUsage opened_usage_;
  bool usage_opened_ = false;
  int windows_ = 0;      ///< learnt from
  double reach_s_ = 0;   ///< no skip is longer
  double resumed_s_ = 0; ///< when all are played again
};

} // namespace iccsim::engine
