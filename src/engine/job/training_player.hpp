// Plays data-parallel training by compute time: wait for a batch, compute, meet the others at the barrier.
#pragma once

#include "engine/job/card_ledger.hpp"
#include "engine/job/cycle_watch.hpp"
#include "engine/job/input_pipeline.hpp"
#include "engine/job/pretraining.hpp"
#include "engine/job/skip_clock.hpp"
#include "engine/job/step_pause.hpp"
#include "iccsim/metrics/samples.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace iccsim::engine {

/// Cards that evolve alike.
struct TrainingLane {
  double cards = 0;
  double slowdown = 1;            ///< of its compute
  InputPipeline* input = nullptr; ///< none: batches are always there
};

class TrainingPlayer : public Skippable {
public:
  /// What outlives the player: `clock`, the lanes' pipelines (whose `changed` must call input_changed), `pause` (may be
  /// none).
  TrainingPlayer(SkipClock& clock, const std::vector<TrainingLane>& lanes, double compute_s, StepLimit limit,
                 PlayerHooks hooks, StepPause* pause);
  TrainingPlayer(const TrainingPlayer&) = delete;
  TrainingPlayer& operator=(const TrainingPlayer&) = delete;

  /// Restores first where `pause` says so.
  void start();
  void input_changed(std::size_t lane);
  void conditions_changed() { cycles_.forget(); }

  bool finished() const { return finished_; }
  double steps() const { return steps_done_; }
  double last_step_end_s() const { return last_step_end_s_; }
  double first_step_end_s() const { return first_step_end_s_; }
  double paused_s() const { return paused_s_; }
  double accounted_until_s() const { return resume_s_; }
  const metrics::Samples& step_times() const { return step_times_; }
  metrics::StateSeconds states(double now) const; ///< card-seconds

  StepTotals totals() const override;
  InputStock stock() const override;
  double steps_left(double step_s) const override;
  double end_estimate_s() const override;
  const StepPause* pause() const override { return pause_; }
  bool pausing() const override;
  void skip(const SkippedSteps& what) override;
  double compute_s() const { return cost_.compute_s; }

private:
  enum class Phase { paused, waiting, computing, at_barrier, finished };
  struct Lane {
    TrainingLane what;
    Phase phase = Phase::paused;
    metrics::State waiting = metrics::State::checkpoint;
    CardLedger ledger;
    metrics::StateSeconds at_step_end;
  };

  void begin_step();
  void try_compute(Lane& lane);
  void computed(std::size_t lane);
  void wait(Lane& lane, metrics::State state);
  void end_step();
  void record_step();
  bool input_waited(const CycleStep& step) const;
  void set_calm(bool waited);
  void begin_pause();
  void skip_cycles();
  double cycles_to_skip(const std::vector<CycleStep>& cycle) const;
  void skip(const std::vector<CycleStep>& cycle, double cycles);
  void jump(const std::vector<metrics::StateSeconds>& lanes, double times, double steps, double seconds);
  void finish();
  metrics::StateSeconds seconds(const Lane& lane, double now) const;

  SkipClock& clock_;
  std::vector<Lane> lanes_;
  workload::ComputeCost cost_;
  StepLimit limit_;
  PlayerHooks hooks_;
  StepPause* pause_;
  CycleWatch cycles_;

  std::size_t at_barrier_ = 0;
  bool finished_ = false;
  double started_s_ = 0;
  double steps_done_ = 0;
  double last_step_end_s_ = 0;
  double step_began_s_ = 0;
  double step_s_ = 0; ///< of the last one
  double first_step_end_s_ = 0;
  double paused_s_ = 0; ///< after the first step
  double resume_s_ = 0;
  int marked_period_ = 0; ///< of the cycle whose traffic is being recorded
  int since_mark_ = 0;
  double calm_steps_ = 0; ///< in a row in which nobody waited for input
  metrics::Samples step_times_;
};

} // namespace iccsim::engine
