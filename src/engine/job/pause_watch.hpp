// Neighbours' pauses as they are played: what each took, and what it cost whom.
#pragma once

#include "engine/job/episode_book.hpp"
#include "engine/job/job_sampling.hpp"
#include "engine/job/step_window.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace iccsim::engine {

/// An episode begins with the end of the last step before a pause. When nothing of any pause goes on, each group of
/// members settles for some steps of its own: jobs that a pause has shifted against one another need time to find back;
/// those that nobody slows but by pauses need none. The episode ends when all have settled.
class PauseWatch {
public:
  using Id = std::size_t;
  enum class Seen {
    calm,
    pause,    ///< it disturbs everybody
    settling, ///< the member's group
    settled   ///< the member's group, with this step
  };

  /// `group_of`: of each member, 0 .. lone.size() - 1; `lone`: whether nobody slows a group but by pauses.
  PauseWatch(const std::vector<JobSampling::Member>& members, std::vector<std::size_t> group_of,
             const std::vector<bool>& lone);

  /// A step of `member` has ended, or it goes on after a pause, or after others were skipped.
  Seen step_ended(std::size_t member, double now);
  /// Whether nobody pauses, and a group has settled after those that did.
  bool calm(std::size_t group) const { return !pausing() && (!open_ || settled(group)); }
  /// When about the last group will have settled, if nobody pauses: `step_s` are the steps of each member.
  double settled_at(const std::vector<double>& step_s) const;
  /// Whether a member of the group has paused since this was last asked; of a group of which none pauses, anybody.
  bool take_shifted(std::size_t group);
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

  StepTotals totals(std::size_t member) const;
  bool pausing() const;
  bool settled(std::size_t group) const { return unsettled_[group] == 0; }
  void unsettle();
  void note_owners(const std::vector<int>& counts);
  std::vector<int> begun() const;
  void begin(double now);
  void end(double now);

  std::vector<JobSampling::Member> members_;
  std::vector<StepTotals> last_; ///< when the last step of each ended, before its group had settled
  bool open_ = false;
  double began_s_ = 0;
  double quiet_s_ = 0; ///< since when nobody pauses; 0: somebody does
  std::vector<int> begun_before_;
  std::vector<int> begun_seen_;
  std::vector<StepTotals> before_;
  std::vector<std::size_t> group_of_;
  std::vector<int> settling_steps_; ///< of each member
  std::vector<int> to_settle_;      ///< steps of each that are left
  std::vector<int> unsettled_;      ///< members of each group that have some left
  std::vector<bool> shifted_;       ///< each group
  std::vector<Raw> seen_;
};

} // namespace iccsim::engine
