// What stops the cards of a job at the end of a step: checkpoints.
#pragma once

#include "engine/job/pause_schedule.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace iccsim::engine {

/// Pauses that begin together, by position in the schedule.
using PauseLevels = std::vector<std::size_t>;

class StepPause {
public:
  virtual ~StepPause() = default;
  /// The job starts: intervals count from here.
  virtual void open() = 0;
  /// Whether the job begins by loading a checkpoint.
  virtual bool restores() const = 0;
  /// Loads it; `resume` fires once, never inside the call.
  virtual void restore(std::function<void()> resume) = 0;
  /// Whether the cards stop now, or with the end of the step that makes `steps`.
  virtual bool due(double steps) const = 0;
  /// They have stopped; `resume` fires once, never inside the call.
  virtual void begin(double steps, std::function<void()> resume) = 0;
  /// Steps of `step_s` each that may end from now on, `steps` being done, before it is due; infinite when it never is.
  virtual double steps_until(double steps, double step_s) const = 0;
  /// When it is due; a value, to run ahead with.
  virtual PauseSchedule schedule() const = 0;
  /// What was begun last.
  virtual const std::vector<std::size_t>& last_begun() const = 0;
  /// `times` pauses like the last are accounted without being played, after which `then` says when others are due.
  virtual void skip(const PauseSchedule& then, double times) = 0;
  /// A pause on these levels is accounted, with all that it moves, as if it had begun and ended by now. When others are
  /// due is for reschedule() to say.
  virtual void book(const PauseLevels& levels) = 0;
  virtual void reschedule(const PauseSchedule& then) = 0;
  /// Pauses begun so far, played ones only.
  virtual int begun() const = 0;
  /// Nothing of it goes on beneath the steps.
  virtual bool quiet() const = 0;
  /// The job has done its last step; `done` fires once nothing goes on, never inside the call.
  virtual void settle(std::function<void()> done) = 0;
};

} // namespace iccsim::engine
