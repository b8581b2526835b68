// Jobs that slow one another, sampled together.
#pragma once

#include "engine/job/job.hpp"

#include <cstddef>

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
  /// Whether skip() is worth a try.
  virtual bool known() const = 0;
  /// Skips what can be skipped before `until`.
  virtual void skip(double until) = 0;
};

} // namespace iccsim::engine
