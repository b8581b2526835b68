// Neighbours' pauses as they are played: what each took, and what it cost whom.
#pragma once

#include "engine/job/episode_book.hpp"
#include "engine/job/job.hpp"
#include "engine/job/step_window.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace iccsim::engine {

/// An episode begins with the end of the last step before a pause, and ends some steps of every member after nothing of
/// any pause goes on: jobs that a pause has shifted against one another need time to find back. Those that nobody slows
/// but by pauses need none.
class PauseWatch {
public:
  using Id = std::size_t;
  enum class Seen { calm, episode, over };

  /// `lone`: whether nobody slows a member but by pauses.
  PauseWatch(const std::vector<Job*>& members, const std::vector<bool>& lone);

  /// A step of `member` has ended, or it goes on after a pause, or after others were skipped.
  Seen step_ended(std::size_t member, double now);
  /// Whether somebody pauses, or an episode is not over.
  bool calm() const { return !open_ && !pausing(); }
  /// Members were skipped.
  void skipped();
  /// Writes what was seen so far into the book: `mean` is a step of a member when nobody pauses.
  void report(EpisodeBook& book, int surroundings, const std::vector<Id>& ids, const std::vector<StepRecord>& mean);

private:
  struct Raw {
    std::vector<std::size_t> owners; ///< members
    std::vector<PauseLevels> levels; ///< of each
    double lasted_s = 0;
    std::vector<StepTotals> took; ///< by member; without classes: it had not begun a step before
  };

  bool pausing() const;
  bool settled() const;
  std::vector<int> begun() const;
  void begin(double now);
  void end(double now);

  std::vector<Job*> members_;
  std::vector<StepTotals> last_; ///< when the last step of each ended
  bool open_ = false;
  double began_s_ = 0;
  double quiet_s_ = 0;
  std::vector<int> begun_before_;
  std::vector<StepTotals> before_;
  std::vector<int> settling_steps_; ///< of each
  std::vector<int> after_;          ///< steps of every member that have ended since
  std::vector<Raw> seen_;
};

} // namespace iccsim::engine
