// The input of a pretraining job's steps: one card of each replica reads the samples of all its micro-batches.
#pragma once

#include "engine/job/input_lane.hpp"
#include "engine/job/job.hpp"
#include "engine/job/step_input.hpp"
#include "iccsim/workload/plan.hpp"

#include <functional>
#include <vector>

namespace iccsim::engine {

/// The first card of a replica's first stage reads; what it hands on to its neighbours is part of the step.
class PretrainingReader : public StepInput {
public:
  /// `evens_out`: where steps may be skipped, batches become even once their spread has long decided nothing. Throws as
  /// IoService::add.
  PretrainingReader(const scenario::Scenario& scenario, std::uint32_t job, const scenario::PretrainingSpec& spec,
                    const workload::Plan& plan, const platform::Cluster& cluster, Clock& clock, IoService& io,
                    const Placement& placement, bool evens_out);
  PretrainingReader(const PretrainingReader&) = delete; // callbacks know its address
  PretrainingReader& operator=(const PretrainingReader&) = delete;

  void open(double steps, std::function<void()> changed) override;
  bool ready() const override;
  void take() override;
  metrics::State behind() const override;
  void close() override;
  void step_ended(double step_s) override;
  bool repeats() const override { return alike_ >= alike_steps; }
  InputStock stock() const override;
  double steps_alike() const override;
  void skip(double steps, double seconds) override;
  void book(double steps) override;

  void release();
  const std::vector<InputLane>& lanes() const { return lanes_; }

private:
  static constexpr int alike_steps = 3;

  SkipClock clock_;
  std::vector<InputLane> lanes_;
  std::function<void()> changed_;
  bool evens_out_;
  mutable bool waited_ = false; ///< in the step in progress
  double calm_steps_ = 0;
  std::vector<double> standing_; ///< where batches stood at the end of the last step
  int alike_ = 0;
};

} // namespace iccsim::engine
