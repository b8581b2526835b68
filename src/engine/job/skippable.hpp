// Jobs whose steps can be accounted for without being played.
#pragma once

#include "engine/job/input_stock.hpp"
#include "engine/job/repetition.hpp"
#include "engine/job/step_pause.hpp"

#include <optional>
#include <vector>

namespace iccsim::engine {

/// A job's completed steps: the end of the last of them, and seconds of every rank class up to there.
struct StepTotals {
  double steps = 0;
  double end_s = 0;
  std::vector<metrics::StateSeconds> classes;
  InputStock stock = {}; ///< now
};

/// Steps, and the pauses among them, that are accounted for at once.
struct SkippedSteps {
  StepRecord sum; ///< of all that is skipped
  double steps = 0;
  std::vector<double> spread;            ///< how their durations are spread, pauses left out
  std::optional<PauseSchedule> schedule; ///< after them; none: the job has no pauses
  std::vector<PauseLevels> pauses;       ///< one after the other
};

class Skippable {
public:
  virtual ~Skippable() = default;
  virtual StepTotals totals() const = 0;
  /// As totals() says it.
  virtual InputStock stock() const = 0;
  /// Whole steps of `step_s` each that may be skipped now, as far as the job itself is concerned: its end, and changes
  /// in what it reads, are left to be played. Pauses are not looked at.
  virtual double steps_left(double step_s) const = 0;
  /// About when it ends, at the pace of its last step; never later than that by intention.
  virtual double end_estimate_s() const = 0;
  /// What stops its cards between steps; null: nothing.
  virtual const StepPause* pause() const { return nullptr; }
  /// Its cards stand still, or are about to, or something of a pause goes on beneath the steps.
  virtual bool pausing() const { return false; }
  /// At any instant between pauses: accounts what it says, also what was read and written meanwhile. What is in flight,
  /// and the step in progress, go on after it.
  virtual void skip(const SkippedSteps& what) = 0;
  /// Its steps come so much later from the next one on, while it uses no link: it has drifted against its neighbours.
  /// Returns whether they will.
  virtual bool delay(double /*seconds*/) { return false; }
  /// Steps that it was skipped beyond those that it counts, half a step at most: the next skip makes up for them.
  double& ahead() { return ahead_; }

protected:
  double ahead_ = 0;
};

} // namespace iccsim::engine
