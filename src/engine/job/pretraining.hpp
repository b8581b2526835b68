// Plays the steps of a pretraining job, activity by activity, one representative a rank class.
#pragma once

#include "engine/job/card_ledger.hpp"
#include "engine/job/pause_episode.hpp"
#include "engine/job/play_program.hpp"
#include "engine/job/rank_class.hpp"
#include "engine/job/repetition.hpp"
#include "engine/job/skippable.hpp"
#include "engine/job/step_input.hpp"
#include "engine/job/step_pause.hpp"
#include "engine/job/stream.hpp"
#include "iccsim/engine/clock.hpp"
#include "iccsim/metrics/samples.hpp"

#include <array>
#include <functional>
#include <limits>

namespace iccsim::engine {

/// When a job ends: after `steps`, or with the step in progress `time_s` after its start.
struct StepLimit {
  double steps = std::numeric_limits<double>::infinity();
  double time_s = std::numeric_limits<double>::infinity();

  /// Sums of step times are rounded, and differ where steps are skipped: what ends with a step of that instant must not
  /// depend on it.
  bool time_over(double since_start_s) const { return since_start_s >= time_s * (1 - 1e-9); }
};

/// What the player needs of the simulation around it.
struct PlayerHooks {
  std::function<void()> finished;
  /// Until when nothing but this job changes anything, seconds; at most `now` when another job is active.
  /// Empty: every step is played.
  std::function<double()> quiet_until;
  /// `steps` of `step_s` each are skipped from now on.
  std::function<void(double steps, double step_s)> skipped;
  /// A step has ended (skipped ones do not tell), and another begins.
  std::function<void()> step_ended;
  /// A step has ended with a pause, which begins.
  std::function<void()> pauses;
  /// From now on skipped() repeats; told by players that do not repeat single steps.
  std::function<void()> marked;
  StepInput* input = nullptr; ///< none: what steps read is always there
  StepPause* pause = nullptr; ///< none: nothing stops the cards between steps
};

class PretrainingPlayer : public Skippable {
public:
  PretrainingPlayer(Clock& clock, Network& network, PlayProgram program, std::vector<RankClass> classes,
                    StepLimit limit, PlayerHooks hooks);
  PretrainingPlayer(const PretrainingPlayer&) = delete;
  PretrainingPlayer& operator=(const PretrainingPlayer&) = delete;

  void start();

  bool finished() const { return finished_; }
  double steps() const { return steps_done_; }
  /// End of the last completed step; the start before the first.
  double last_step_end_s() const { return last_step_end_s_; }
  const metrics::Samples& step_times() const { return step_times_; }
  /// Card-seconds by state, from start to `now`.
  metrics::StateSeconds states(double now) const;
  /// Matrix FLOPs of one step, in card-seconds at peak: model FLOPs and recomputed ones.
  workload::ComputeCost cost_per_step() const;
  /// Something around the job has changed: steps must be seen to repeat again before any are skipped.
  void conditions_changed() {
    repetition_.forget();
    episode_ = {};
  }
  /// Skipped steps are accounted up to here: never report an earlier time.
  double accounted_until_s() const { return resume_s_; }

  StepTotals totals() const override;
  InputStock stock() const override { return hooks_.input != nullptr ? hooks_.input->stock() : InputStock{}; }
  double steps_left(double step_s) const override;
  double end_estimate_s() const override;
  const StepPause* pause() const override { return hooks_.pause; }
  bool pausing() const override;
  bool delay(double seconds) override {
    delay_s_ += seconds;
    return true;
  }
  void skip(const SkippedSteps& what) override;

private:
  enum class Phase : std::uint8_t {
    next_task,
    part,
    computing,
    hidden,
    blocking,
    calling,
    part_done,
    send,
    sending,
    synchronize,
    drain,
    barrier,
    optimizer,
    optimized,
    gather,
    step_done,
    paused,
    finished
  };
  /// In order: the least of several is what a task waits for.
  enum class Arrival : std::uint8_t { pending, in_flight, arrived };

  struct Gather {
    std::size_t arrived = 0; ///< calls
    std::size_t expected = 0;
  };

  struct Stage {
    int index = 0;
    const PlayStage* program = nullptr;
    RankClass cls;
    Phase phase = Phase::next_task;
    std::size_t task = 0;
    double step = 0; ///< steps before its own
    int part = 0;
    int parts = 1;
    std::size_t call = 0;
    int sends_left = 0; ///< that block the compute stream
    ComputeSegment segment;
    std::uint32_t generation = 0; ///< of the segment's end event
    metrics::State waiting = metrics::State::bubble;
    CardLedger ledger;
    std::array<Stream, stream_kinds> streams;
    std::vector<std::uint8_t> hidden_left; ///< by hidden call of the running part
    int hidden_outstanding = 0;
    std::vector<Arrival> activations; ///< by slot
    std::vector<Arrival> gradients;
    std::vector<Gather> gathers;       ///< by chunk
    int transfers_left = 0;            ///< of the gradient synchronization, or of an exposed gather
    metrics::StateSeconds at_step_end; ///< ledger when the last step ended
  };

  /// Packed, so that a callback fits a std::function without allocation.
  struct Event {
    std::uint64_t stage : 20;
    std::uint64_t stream : 4; ///< of a transfer; `compute_ended` or `resumed` else
    std::uint64_t generation : 20;
    std::uint64_t epoch : 20;
  };
  static constexpr std::uint64_t compute_ended = 14;
  static constexpr std::uint64_t resumed = 15;
  static bool is_transfer(const Event& event) { return event.stream < compute_ended; }

  // pretraining.cpp: events and the life of the job
  void handle(Event event);
  void post(double time, Event event);
  Event event(const Stage& stage, std::uint64_t what) const;
  void run(Stage& stage);
  bool advance(Stage& stage);
  bool wait(Stage& stage, metrics::State state);
  void charge_wait(Stage& stage);
  bool data_running(const Stage& stage) const;
  bool slower_replica_computes(const Stage& stage) const;
  metrics::State data_wait(const Stage& stage) const;
  void update_data_wait(Stage& stage);
  metrics::State barrier_wait(const Stage& stage) const;

  // pretraining_tasks.cpp: tasks on the compute stream
  bool begin_task(Stage& stage);
  bool begin_part(Stage& stage);
  void compute(Stage& stage, const workload::ComputeCost& cost, double share, double extra_s);
  bool await_hidden(Stage& stage);
  bool next_blocking(Stage& stage);
  bool end_part(Stage& stage);
  bool send_results(Stage& stage);
  bool parameters_ready(const Stage& stage, const PlayTask& task) const;
  int parts_of(const Stage& stage, const PlayTask& task) const;
  double stretch_of(const Stage& stage) const;
  const PlayTask& task_of(const Stage& stage) const { return stage.program->order[stage.task]; }
  const PlayCost& cost_of(const Stage& stage) const { return stage.program->costs[task_of(stage).cost]; }

  // pretraining_transfers.cpp: streams
  void enqueue(Stage& stage, StreamKind stream, const Transfer& transfer);
  void start_front(Stage& stage, StreamKind stream);
  void ask_for_end(Stage& stage, StreamKind stream);
  static void hidden_done(Stage& stage, const Transfer& done);
  void transfer_done(Stage& stage, StreamKind stream);
  void take_in(Stage& stage, const Transfer& done);
  void start_data(std::size_t stage);
  void data_done(std::size_t stage);
  void restretch(Stage& stage);
  void deliver(const Stage& sender, const Transfer& transfer, Arrival arrival);
  Arrival& inbox(Stage& stage, Message message, std::uint32_t slot);

  // pretraining_sync.cpp: the end of a step
  void enqueue_buckets(Stage& stage, std::size_t chunk);
  void enqueue_gradients(Stage& stage, std::size_t chunk);
  bool synchronize(Stage& stage);
  bool arrive_at_barrier(Stage& stage);
  bool ends_at_barrier() const;
  void try_release_barrier();
  bool begin_gather(Stage& stage);
  void await_other_replicas(const Stage& stage);
  bool end_step(Stage& stage);

  // pretraining_input.cpp: what a step reads
  bool take_input(const Stage& stage);
  void input_changed();

  // pretraining_pause.cpp: what stops the cards between steps
  void restore();
  void pause();
  void resume();
  void step_begins();
  void settle();

  // pretraining_episode.cpp: pauses that are accounted without being played
  void propose_episode();
  double input_steps_alike() const;
  void begin_episode();
  bool end_episode(double step_s);
  void skip_episodes();
  double run_ahead(PauseSchedule& schedule) const;

  // pretraining_steps.cpp: steps as a whole
  metrics::StateSeconds seconds(const Stage& stage, double now) const;
  void record_step(double now);
  void skip_repeated();
  void jump(const StepRecord& what, double times, double steps, bool transfers_held);
  bool hold_transfers(double seconds);
  double steps_undisturbed(double step_s) const;
  void finish();
  void end_job();

  Clock& clock_;
  Network& network_;
  PlayProgram program_;
  StepLimit limit_;
  PlayerHooks hooks_;
  std::vector<Stage> stages_; ///< as in the program

  std::size_t pipeline_ = 1;               ///< stages of one replica; stages_ holds so many of each class of replicas
  std::vector<std::uint8_t> data_running_; ///< by stage of a replica: a data-parallel call is in flight
  int computing_ = 0;                      ///< stages whose tasks of the step are not done
  std::vector<int> computing_in_class_;    ///< the same, by class of replicas
  int at_barrier_ = 0;
  int step_ended_ = 0; ///< stages that have finished the step
  bool tied_started_ = false;
  bool tied_done_ = false;
  bool last_step_ = false;
  bool pause_after_step_ = false;
  double delay_s_ = 0;       ///< of the end of the step in progress
  bool after_pause_ = false; ///< the step in progress began after a pause
  double barrier_s_ = 0;     ///< when the last one was passed
  PauseEpisode episode_;
  bool quiet_at_step_start_ = true; ///< nothing of a pause went on beneath the steps
  double inputs_taken_ = 0;         ///< steps that have their input
  bool finished_ = false;

  double started_s_ = 0;
  double steps_done_ = 0;
  double last_step_end_s_ = 0;
  metrics::Samples step_times_;
  Repetition repetition_;
  double resume_s_ = 0;
  double skipped_s_ = 0;
  std::uint64_t epoch_ = 0;
  std::vector<double> skipped_before_epoch_{0.0};
  double transfers_late_s_ = 0; ///< skipped seconds but those for which the network has held transfers
  std::vector<double> transfers_late_before_epoch_{0.0};
};

} // namespace iccsim::engine
