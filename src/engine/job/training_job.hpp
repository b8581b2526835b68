// A job of `type: training` on its cards: pipelines and the player around them.
#pragma once

#include "engine/io/io_service.hpp"
#include "engine/job/card_groups.hpp"
#include "engine/job/checkpointer.hpp"
#include "engine/job/input_lane.hpp"
#include "engine/job/job.hpp"
#include "engine/job/skip_clock.hpp"
#include "engine/job/training_player.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace iccsim::engine {

class TrainingJob : public Job {
public:
  /// `index` of the job in `scenario`. Throws as IoService::add.
  TrainingJob(const scenario::Scenario& scenario, std::uint32_t index, const platform::Cluster& cluster, Clock& clock,
              IoService& io, const Placement& placement, const CardHealth& health, PlayerHooks hooks);

  void start() override;
  bool done() const override { return player_->finished(); }
  void retire() override;
  metrics::StateSeconds states(double now) const override { return player_->states(now); }
  double progress(double now) const override;
  double steps() const override { return player_->steps(); }
  double accounted_until_s() const override { return player_->accounted_until_s(); }
  void conditions_changed() override { player_->conditions_changed(); }
  const std::vector<ShapeId>* shapes() const override { return &traffic_; }
  const std::vector<ShapeId>* step_shapes() const override { return &no_shapes_; }
  double most_input_bytes_per_s() const override;
  Skippable* skippable() override { return player_.get(); }
  void report(metrics::JobResult& result, double now) const override;

private:
  metrics::StepFigures figures() const;

  const scenario::TrainingSpec& spec_;
  std::uint32_t index_;
  double cards_;
  SkipClock clock_;
  IoService& io_;
  StepLimit limit_;
  std::vector<InputLane> inputs_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::vector<ShapeId> traffic_;
  std::vector<ShapeId> no_shapes_; ///< all that it moves goes to or from storage
  double start_s_ = 0;
  std::unique_ptr<TrainingPlayer> player_;
};

} // namespace iccsim::engine
