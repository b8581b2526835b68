// Pauses of jobs that slow one another: what each costs whom.
#pragma once

#include "engine/job/repetition.hpp"
#include "engine/job/step_pause.hpp"

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace iccsim::engine {

/// Who paused together, and on which levels; by member, in ascending order.
using EpisodeKind = std::vector<std::pair<std::size_t, PauseLevels>>;

/// What an episode added to the time of one job, beyond what its steps take on average without any.
struct EpisodeCost {
  StepRecord extra;   ///< may be negative
  double error_s = 0; ///< standard error of extra.seconds; infinite when nothing is known
};

/// An episode lasts from a pause until nothing of it goes on any more. What is known of it outlives the set of
/// neighbours in which it was seen, and is trusted less in another.
class EpisodeBook {
public:
  using Id = std::size_t;

  /// Jobs that are neighbours from now on; a number for the functions below.
  int open_surroundings() { return ++surroundings_; }
  /// An episode of `lasted_s` was seen; `extras` by job.
  void add(int surroundings, const EpisodeKind& kind, double lasted_s, const std::map<Id, StepRecord>& extras);
  /// What an episode costs job `id` in these surroundings, as seen of the same kind.
  EpisodeCost cost(int surroundings, const EpisodeKind& kind, Id id) const;
  /// The same as a sum over those who pause, each by all episodes in which it took part.
  EpisodeCost sum_of_parts(const EpisodeKind& kind, Id id) const;
  bool knows(const EpisodeKind& kind) const { return kinds_.count(kind) > 0; }
  /// How long it lasts; of a kind that was never seen, as long as any in which its first job paused; infinite when
  /// there was none.
  double lasts_s(const EpisodeKind& kind) const;
  /// The job has left.
  void forget(Id id);

private:
  struct Sample {
    int surroundings = 0;
    StepRecord extra;
  };
  /// What one that pauses costs a job.
  struct Part {
    StepRecord extra;
    double seen = 0; ///< episodes
  };
  /// How well sums of parts foretold what was seen.
  struct Foresight {
    double times = 0;
    double squares = 0; ///< seconds squared, recent ones mostly
  };
  struct Kind {
    double lasted_s = 0; ///< all of them together
    double times = 0;
    std::map<Id, std::vector<Sample>> samples;
  };

  void learn_bystander(Id id, double share);
  double unseen_error_s(Id id, double lasts_s) const;
  void learn_parts(const EpisodeKind& kind, Id id, const StepRecord& extra);

  std::map<EpisodeKind, Kind> kinds_;
  std::map<std::pair<EpisodeKind::value_type, Id>, Part> parts_;
  std::map<Id, Foresight> foresight_;
  double bystanders_ = 0;        ///< seen beside an episode that was not theirs
  double bystander_squares_ = 0; ///< mean of what it cost them, squared, as shares of its length
  std::map<Id, int> bystander_times_;
  int surroundings_ = 0;
};

} // namespace iccsim::engine
