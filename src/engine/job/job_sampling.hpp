// Jobs that slow one another, sampled together.
#pragma once

#include "engine/job/job.hpp"
#include "engine/job/step_window.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

class JobSampling {
public:
  using Id = std::size_t;
  struct Member {
    Id id;
    Job* job;
  };

  virtual ~JobSampling() = default;
  /// A step of a member has ended, and another begins.
  virtual void step_ended(Id id) = 0;
  /// Of a member.
  virtual void pause_begins() {}
  /// Whether skip() is worth a try.
  virtual bool known() const = 0;
  /// Skips what can be skipped before `until`.
  virtual void skip(double until) = 0;

protected:
  JobSampling(std::vector<Member> members, const Clock& clock, Network& network)
      : members_(std::move(members)), clock_(clock), network_(network) {}

  std::vector<ShapeId> all_shapes() const;
  /// Until when a member is away: it may have been skipped when its neighbours were others.
  static double resumes_s(const Member& member) { return member.job->accounted_until_s(); }
  /// Skips a member for the seconds of `what`, of which `extra_s` are no steps; all others pass like steps of `pool`.
  /// Of these `what` counts a whole number; the rest counts with the next skip. Bytes of collectives are those of the
  /// steps that are counted, saturation belongs to nobody alone and is not booked.
  void skip_steps(const Member& member, SkippedSteps what, const StepPool& pool, std::vector<double> spread,
                  double extra_s = 0);

  /// By how much the whole steps of a member that are nearest to a skip of `seconds` take longer, or less; 0 where that
  /// is more than a drift.
  static double drift_s(const Member& member, double step_s, double seconds);
  /// The member, which drifts, was skipped for so much less than its whole steps take: the rest comes after the skip,
  /// while it uses no link. Were it skipped for longer than the others, these would be alone meanwhile, and drift
  /// further.
  static void follow(const Member& member, double step_s, double drift_s);

  std::vector<Member> members_;
  const Clock& clock_;
  Network& network_;
};

} // namespace iccsim::engine
