// Jobs from submission to end: who waits, who runs, on which cards.
#pragma once

#include "engine/io/io_service.hpp"
#include "engine/job/card_health.hpp"
#include "engine/job/card_pool.hpp"
#include "engine/job/fast_forward.hpp"
#include "engine/job/fault_calendar.hpp"
#include "engine/job/job.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/network.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <deque>
#include <memory>

namespace iccsim::engine {

/// Strictly first come first served: the head of the queue waits until its cards are free, the others behind it.
class JobBoard {
public:
  /// Throws std::invalid_argument, with a sentence for a user, when a job can never run on this cluster.
  /// `enough_played`: see FastForward.
  JobBoard(const scenario::Scenario& scenario, const platform::Cluster& cluster, Clock& clock, Network& network,
           bool fast_forward, std::function<bool()> enough_played = {});
  JobBoard(const JobBoard&) = delete; // the clock knows its address
  JobBoard& operator=(const JobBoard&) = delete;

  /// Announces all submissions and faults to the clock. `all_done` is called when the last job has ended; faults may
  /// be due after that.
  void open(std::function<void()> all_done = {});

  bool all_done() const { return done_ == entries_.size(); }
  double progress() const; ///< 0 .. 1, the mean over jobs
  double steps() const;
  /// No running job is accounted for beyond this time, seconds.
  double accounted_until_s() const;
  double free_card_seconds(double now) const;
  /// What all jobs move to and from storage.
  const IoService& io() const { return io_; }
  int most_cards_taken() const { return most_taken_; }
  /// Every job as it stands, in scenario order; `now` ends what still runs.
  std::vector<metrics::JobResult> results(double now) const;

private:
  struct Entry {
    const scenario::JobSpec* spec = nullptr;
    std::vector<int> pools;
    int block = 1; ///< consecutive ranks that belong into one scale-up domain
    bool submitted = false;
    metrics::JobState state = metrics::JobState::waiting;
    double start_s = 0;
    double end_s = 0;
    Placement placement;
    std::unique_ptr<Job> job;
  };

  void check(const Entry& entry) const;
  void submit(std::size_t index);
  void start_waiting();
  void start(std::size_t index);
  void finish(std::size_t index);
  void cards_change();
  void links_change();
  void tell_neighbours();
  std::unique_ptr<Job> make_job(std::size_t index);
  double next_change_s() const;
  metrics::JobResult result_of(const Entry& entry, double now) const;

  const scenario::Scenario& scenario_;
  const platform::Cluster& cluster_;
  Clock& clock_;
  Network& network_;
  IoService io_;
  bool fast_forwards_;
  FastForward fast_forward_;
  CardPool cards_;
  CardHealth health_;
  FaultCalendar faults_;
  std::function<void()> when_all_done_;
  std::vector<Entry> entries_;
  std::deque<std::size_t> queue_;
  std::size_t done_ = 0;
  int most_taken_ = 0;
  double free_card_s_ = 0; ///< until cards_changed_s_
  double cards_changed_s_ = 0;
};

} // namespace iccsim::engine
