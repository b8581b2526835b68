// Which running jobs may skip steps, and until when.
#pragma once

#include "engine/io/io_service.hpp"
#include "engine/job/episode_book.hpp"
#include "engine/job/job.hpp"
#include "engine/job/job_sampling.hpp"
#include "engine/job/step_group.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace iccsim::engine {

/// Jobs are grouped by who can slow whom. A job that no other can slow skips steps that repeat exactly, by itself,
/// whatever else runs. Jobs that can slow one another are sampled together, see Contention.
class FastForward {
public:
  using Id = std::size_t;

  /// `next_change_s`: until when no job starts and links stay as they are, seconds. `enough_played`: whether skipping
  /// steps that are only alike on average is worth what it may be off by; empty: always.
  FastForward(Clock& clock, Network& network, IoService& io, std::function<double()> next_change_s,
              std::function<bool()> enough_played = {})
      : clock_(clock), network_(network), io_(io), next_change_s_(std::move(next_change_s)),
        enough_played_(std::move(enough_played)) {}
  FastForward(const FastForward&) = delete; // the clock knows its address
  FastForward& operator=(const FastForward&) = delete;

  /// The job is about to start; its shapes are known to the network.
  void enter(Id id, Job& job);
  /// The job has ended; its shapes are still known.
  void leave(Id id);
  /// The network is not what it was.
  void links_change();
  /// When about the first of the running jobs ends.
  double next_end_s() const;

  /// Until when steps of job `id` go on as they did; at most now when other jobs can slow it.
  double quiet_until(Id id) const;
  /// A step has ended, and another begins: Contention looks at it.
  void step_ended(Id id);
  /// A pause of the job begins.
  void pauses(Id id);
  /// From here on goes what skipped() repeats, of a job that nobody slows.
  void mark(Id id);
  /// The job skips `times` times what it did since its last step ended.
  void skipped(Id id, double times);

private:
  struct Member {
    Job* job = nullptr;
    std::vector<Id> neighbours;              ///< with itself
    std::shared_ptr<JobSampling> contention; ///< none: it is alone, or must be played
    ShapeUsage usage;                        ///< when its last step ended
    bool marked = false;                     ///< then: since jobs began or ended
    double cache_bytes = 0;                  ///< what its caches may hold
  };

  void find_neighbours(bool all_anew);
  std::vector<int> components() const;
  std::shared_ptr<JobSampling> sampling_of(const std::vector<Id>& neighbours);
  std::vector<std::shared_ptr<StepGroup>> step_groups(const std::vector<JobSampling::Member>& together);
  bool input_is_light(const std::vector<JobSampling::Member>& together) const;
  std::vector<int> step_components(const std::vector<JobSampling::Member>& together) const;
  void forget_steps(Id id);
  void look_at_what_is_played();
  void join_contending();
  bool known_apart(const std::vector<Id>& neighbours) const;
  void join(const std::vector<Id>& neighbours);
  bool caches_changed(const std::vector<Id>& neighbours);
  void look_for_lingering(Id ended);
  bool ended_jobs_linger();
  bool alone(const Member& member) const { return member.neighbours.size() == 1; }

  Clock& clock_;
  Network& network_;
  IoService& io_;
  std::function<double()> next_change_s_;
  std::function<bool()> enough_played_; ///< empty from then on
  std::map<Id, Member> members_;
  std::set<Id> ended_; ///< jobs whose last reads may still be in flight
  EpisodeBook episodes_;
  std::map<std::vector<Id>, std::shared_ptr<StepGroup>> step_groups_; ///< of jobs that pause, and their neighbours
};

} // namespace iccsim::engine
