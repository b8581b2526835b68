// A pretraining job on its cards: plan, program and shapes around the player.
#pragma once

#include "engine/job/card_health.hpp"
#include "engine/job/checkpointer.hpp"
#include "engine/job/chip_mix.hpp"
#include "engine/job/job.hpp"
#include "engine/job/job_shapes.hpp"
#include "engine/job/pretraining.hpp"
#include "engine/job/pretraining_reader.hpp"

#include <memory>

namespace iccsim::engine {

class PretrainingJob : public Job {
public:
  /// `index` of the job in `scenario`. Throws as IoService::add.
  PretrainingJob(const scenario::Scenario& scenario, std::uint32_t index, const platform::Cluster& cluster,
                 Clock& clock, Network& network, IoService& io, const Placement& placement, const CardHealth& health,
                 PlayerHooks hooks);

  void start() override;
  bool done() const override { return player_.finished(); }
  void retire() override;
  metrics::StateSeconds states(double now) const override { return player_.states(now); }
  double progress(double now) const override;
  double steps() const override { return player_.steps(); }
  double accounted_until_s() const override { return player_.accounted_until_s(); }
  void conditions_changed() override { player_.conditions_changed(); }
  const std::vector<ShapeId>* shapes() const override { return &traffic_; }
  const std::vector<ShapeId>* step_shapes() const override { return &shapes_.added(); }
  double most_input_bytes_per_s() const override;
  Skippable* skippable() override { return &player_; }
  void report(metrics::JobResult& result, double now) const override;

private:
  metrics::StepFigures figures() const;
  void add_rates(metrics::StepFigures& figures) const;
  metrics::MemoryFigures memory() const;
  PlayerHooks with_io(PlayerHooks hooks);

  std::uint32_t index_;
  IoService& io_;
  scenario::PretrainingSpec spec_;
  ChipMix chips_;
  workload::Plan plan_;
  ReplicaClasses classes_;
  workload::StepProgram program_; ///< on the chip that sets the pace
  JobShapes shapes_;
  StepLimit limit_;
  std::unique_ptr<PretrainingReader> reader_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::vector<ShapeId> traffic_; ///< of its steps first
  double start_s_ = 0;
  PretrainingPlayer player_;
};

} // namespace iccsim::engine
