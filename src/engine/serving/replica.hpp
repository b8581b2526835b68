// One replica: attention groups that iterate in lockstep, and where the seconds of its cards go.
//
// Iterations with decodes go in rounds of GroupSettings::round_passes: who waits in the queue is looked at between
// rounds only, as long as anything decodes. Iterations of prompts alone belong to no round.
#pragma once

#include "engine/serving/attention_group.hpp"
#include "engine/serving/cost_model.hpp"
#include "engine/serving/stretch.hpp"
#include "iccsim/metrics/state.hpp"

#include <memory>

namespace iccsim::engine::serving {

class Replica;

/// Who plays a replica's iterations, and is told what they did.
class ReplicaHost {
public:
  virtual ~ReplicaHost() = default;
  /// The replica's iterations end at `time`: Replica::finish() is due then. May be called again before that, with an
  /// earlier end. Where the network has a say in it, `cost` goes there `passes` times, and finish() is due when it
  /// ends.
  virtual void play(Replica& replica, double time) = 0;
  virtual bool on_network(const Replica& replica) const = 0;
  virtual void play_on_network(Replica& replica, const workload::IterationCost& cost, double passes) = 0;
  /// Calls of iterations that were not played on the network.
  virtual void carried(Replica& replica, const std::vector<workload::FabricCall>& calls, double passes) = 0;
  /// Iterations that must end by about this time, since something may come then; where they cannot be cut.
  virtual double next_arrival_s() const = 0;
  /// Whether sequences may be handed over to the replica at any time.
  virtual bool expects(const Replica& replica) const = 0;
  /// Seconds until KV that the replica's memory dropped sets out for a tier, with the end of a pass; never_s if none is
  /// to.
  virtual double keeps_in_s(const Replica& replica) const = 0;
  /// Seconds that KV needs on its way to host memory, before an iteration.
  virtual double take_stall_s(Replica& replica) = 0;
  struct Iterations {
    double started_s, ended_s;
    double passes;
    double sequences; ///< in batches, per pass
    double prompt_tokens, output_tokens;
  };
  virtual void iterated(Replica& replica, const Iterations& what) = 0;
  /// KV blocks that were in use between two moments, over time. Each moment is told of once, iterations or none.
  virtual void held(double from_s, double to_s, double block_seconds) = 0;
};

class Replica {
public:
  struct Setup {
    std::uint32_t index = 0;
    std::uint32_t first_group = 0; ///< of the service's groups
    int groups = 1;
    double cards = 1;
    GroupSettings settings;
    bool token_by_token = false;
    double lag = 0; ///< of a pass's compute, the share in which the mean card waits for the slowest
  };
  Replica(const Setup& setup, const CostModel& costs, SequencePool& pool, GroupEvents& events, ReplicaHost& host,
          double now);
  Replica(const Replica&) = delete; // the host knows its address
  Replica& operator=(const Replica&) = delete;

  std::uint32_t index() const { return setup_.index; }
  std::uint32_t first_group() const { return setup_.first_group; }
  const CostModel& costs() const { return costs_; }
  double cards() const { return setup_.cards; }
  std::size_t groups() const { return groups_.size(); }
  AttentionGroup& group(std::size_t g) { return *groups_[g]; }
  const AttentionGroup& group(std::size_t g) const { return *groups_[g]; }

  /// From now on the cards are in `state` while nothing runs: weights, idle.
  void rest(metrics::State state, double now);
  void open(double now); ///< weights are there: iterates when there is something to do
  void close(double now);
  bool opened() const { return open_; }

  /// A request, in the queue of group `g`.
  void enqueue(std::size_t g, SequenceId id, double now);
  void land(SequenceId id, double now);
  /// What a sequence left in group `g` when it was handed over is no longer needed.
  void release(std::size_t g, SequenceId id, double now);
  void finish(double now);
  /// Ends what runs at the last whole pass by `now`, and tells what is held until then: for the horizon.
  void settle(double now);

  bool busy() const { return running_; }
  bool empty() const; ///< no request anywhere in it, nor what one left until its KV has moved
  double waiting() const;
  double requests() const;                        ///< anywhere in it
  double kv_share() const;                        ///< of KV memory in use, now
  double hand_over_wait_s(double now) const;      ///< seconds of kv_wait that no tier was to blame for
  metrics::StateSeconds states(double now) const; ///< card-seconds
  void check() const;

private:
  void begin(double now);
  void plan(double now);
  void begin_prompts(double now);
  void begin_decodes(double now);
  void start(double now, double end_s);
  std::int64_t passes_unchanged();
  std::int64_t round_left_after(std::int64_t passes) const;
  std::int64_t passes_on_network(double now, std::int64_t most) const;
  enum class Cut { pass, round };
  void cut(double now, Cut at_end_of);
  void settle_passes(double now);
  void commit(double now, std::int64_t passes, Stretch stretch);
  void tell_held(double now);
  void tell_shares(const workload::IterationCost& pass, double stall_s);
  double waited_share(std::int64_t passes, double lasted_s) const;
  void charge(double now);
  void spend(double elapsed_s, metrics::StateSeconds& seconds) const;
  AttentionGroup& group_of(SequenceId id);

  Setup setup_;
  const CostModel& costs_;
  SequencePool& pool_;
  ReplicaHost& host_;
  std::vector<std::unique_ptr<AttentionGroup>> groups_;
  std::vector<workload::IterationLoad> loads_;
  std::vector<double> decoding_; ///< sequences of each group
  bool open_ = false;
  bool running_ = false;
  bool cuttable_ = false;
  Stretch stretch_;
  std::vector<workload::FabricCall> unplayed_; ///< calls of each pass that is not on the network
  std::int64_t passes_ = 0;
  std::int64_t round_left_ = 0; ///< passes until the queue is looked at again, when what runs began; 0: between rounds
  double started_s_ = 0;
  double decode_share_ = 0; ///< of the iterations that run, less what stalls them
  double stall_share_ = 0;  ///< of what runs: it waits for KV on its way to host memory
  double stall_s_ = 0;      ///< the same, in seconds
  double comm_s_ = 0;       ///< of each pass that runs, on an idle network
  double wait_share_ = 0;   ///< of what runs: the mean card waits for the slowest
  metrics::State resting_ = metrics::State::idle;
  metrics::StateSeconds seconds_; ///< of one card
  bool awaits_tier_ = false;      ///< in kv_wait: for KV from a tier, else for what is handed over
  double hand_over_wait_s_ = 0;
  double charged_s_ = 0;
  double held_s_ = 0;        ///< up to here the host knows what was held
  double block_seconds_ = 0; ///< held until then
};

} // namespace iccsim::engine::serving
