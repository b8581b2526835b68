// Jobs that slow one another, run ahead by means: who pauses when, and what it costs whom.
#pragma once

#include "engine/job/episode_book.hpp"
#include "engine/job/skippable.hpp"

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace iccsim::engine {

class SkipPlan {
public:
  /// A job as it goes on: its last step has ended at `at_s`, `steps` being done.
  struct Runner {
    std::size_t id = 0;
    double at_s = 0;
    double steps = 0;
    double step_s = 0;                     ///< mean, without pauses
    double most_steps = 0;                 ///< to skip
    std::optional<PauseSchedule> schedule; ///< none: it does not pause
    bool play_pauses = false;              ///< its next one is not skipped
    double skipped = 0;                    ///< steps
    StepRecord extra;                      ///< that pauses add
    std::vector<PauseLevels> pauses;       ///< its own
  };

  SkipPlan(const EpisodeBook& book, int surroundings, double now_s, std::vector<Runner> runners);

  /// Runs all to shortly before the first pause whose cost is not known well enough, as far as `enough` or, if
  /// `to_pause`, to shortly before the first pause that begins after it; and never so far that a
  /// step would not end before `until`.
  void run(double enough, double until, bool to_pause);
  /// How long steps go on before the first pause.
  double calm_until() const;
  /// Whether there are pauses in it.
  bool skips_pauses() const;
  /// How long its episodes last, all together.
  double episodes_s() const { return episodes_s_; }
  /// Whether it stopped for a pause.
  bool before_pause() const { return before_pause_; }
  const std::vector<Runner>& runners() const { return runners_; }

private:
  struct Pause {
    std::size_t runner = 0;
    double at_s = std::numeric_limits<double>::infinity();
    double steps = 0; ///< of its job, when it begins
    PauseLevels levels;
  };

  double shortly_before(const Pause& pause) const;
  Pause next_pause(std::size_t runner) const;
  std::vector<Pause> next_together() const;
  EpisodeKind kind_of(const std::vector<Pause>& pauses) const;
  bool known(const std::vector<Pause>& pauses);
  bool fits(const std::vector<Pause>& pauses, double until);
  EpisodeCost cost(const EpisodeKind& kind, std::size_t id) const;
  void begin(const std::vector<Pause>& pauses);
  void charge(const EpisodeKind& kind);
  double interval_s(const std::vector<Pause>& pauses) const;

  const EpisodeBook& book_;
  int surroundings_;
  double now_s_;
  double longest_s_ = 0; ///< step of all
  std::vector<Runner> runners_;
  double episodes_s_ = 0;
  bool before_pause_ = false;
  bool in_parts_ = false; ///< the cost of the pauses at hand is that of its parts
};

} // namespace iccsim::engine
