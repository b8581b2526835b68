// A network of fixed times and programs of equal stages, so that a step has a closed form.
#pragma once

#include "engine/clock/fake_clock.hpp"
#include "engine/job/pretraining.hpp"

#include <cmath>
#include <memory>
#include <vector>

namespace iccsim::engine::test {

/// Every transfer takes its shape's seconds per call, whatever else is in flight.
class FakeNetwork : public Network {
public:
  explicit FakeNetwork(Clock& clock) : clock_(clock) {}
  ShapeId add(const workload::CollectiveShape&) override { return 0; }
  void remove(ShapeId) override {}
  void start(ShapeId shape, double bytes, double calls, Done done) override {
    clock_.at(clock_.now() + seconds[shape] * bytes * calls, std::move(done));
  }
  platform::ResourceId add_limit(double, std::string) override { return 0; }
  double carried_bytes(platform::ResourceId) const override { return 0; }
  void set_capacity(platform::ResourceId, double) override {}
  std::vector<ResourceUsage> usage() const override { return {}; }
  void mark_usage() override {}
  void repeat_usage(double) override {}

  std::vector<double> seconds; ///< per byte, by shape

private:
  Clock& clock_;
};

/// One shape a communicator, one for messages; a byte takes a second.
class FakeShapes : public ShapeSource {
public:
  PlayShape collective(workload::Communicator communicator, int, scenario::CollectiveOperation, double) override {
    return {static_cast<ShapeId>(communicator), false};
  }
  PlayShape pipeline(int, int) override { return {message, false}; }
  PlayShape tied_embeddings(double) override { return {message, false}; }

  static constexpr ShapeId message = 30;
};

inline workload::ComputeCost matrix_cost(double seconds) {
  return {0.5 * seconds, 0, 0.5 * seconds, 0};
}

/// `pipeline` equal stages whose chunks take `forward_s` and `backward_s` a micro-batch; nothing is communicated but
/// messages of `message_s`.
inline workload::StepProgram equal_stages(scenario::Schedule schedule, int pipeline, int chunks, int microbatches,
                                          double forward_s, double backward_s, double message_s = 0) {
  workload::StepProgram program;
  program.microbatches = microbatches;
  program.chunks = chunks;
  program.pipeline_bytes = message_s;
  program.overlap_pipeline = true;
  for (int s = 0; s < pipeline; ++s) {
    workload::StageProgram stage;
    stage.order = workload::stage_schedule(schedule, s, pipeline, chunks, microbatches);
    for (int c = 0; c < chunks; ++c) {
      stage.forward.push_back({matrix_cost(forward_s), {}});
      stage.backward.push_back({matrix_cost(backward_s), {}});
      stage.backward_input.push_back({matrix_cost(backward_s / 2), {}});
      stage.backward_weight.push_back({matrix_cost(backward_s / 2), {}});
      stage.sync.emplace_back();
    }
    program.stages.push_back(stage);
  }
  return program;
}

inline workload::CommCall data_call(double bytes) {
  return {workload::Communicator::data, scenario::CollectiveOperation::all_reduce, bytes, 1, 0};
}

/// A job alone on a clock of its own.
class Played {
public:
  /// `delay_s`: of the job, after 1.5 s.
  Played(const workload::StepProgram& program, scenario::Schedule schedule, double steps, bool fast_forward = false,
         double delay_s = 0)
      : network(clock) {
    network.seconds.assign(31, 1.0);
    FakeShapes shapes;
    std::vector<RankClass> classes;
    for (std::size_t s = 0; s < program.stages.size(); ++s) {
      classes.push_back({static_cast<int>(s), cards_per_stage, 1});
    }
    PlayerHooks hooks;
    hooks.finished = [this] { end_s = clock.now(); };
    if (fast_forward) {
      hooks.quiet_until = [] { return never_s; };
    }
    hooks.skipped = [this](double n, double) { skipped += n; };
    player = std::make_unique<PretrainingPlayer>(clock, network, compile(program, schedule, shapes), classes,
                                                 StepLimit{steps, never_s}, hooks);
    player->start();
    clock.at(1.5, [this, delay_s] { player->delay(delay_s); });
    clock.run();
  }

  /// Share of the job's card-seconds, times its duration: seconds of the mean card.
  double mean_card(metrics::State state) const { return player->states(end_s)[state] / (cards_per_stage * stages()); }
  double stages() const { return std::round(player->states(end_s).total() / (cards_per_stage * end_s)); }

  static constexpr double cards_per_stage = 4;
  FakeClock clock;
  FakeNetwork network;
  std::unique_ptr<PretrainingPlayer> player;
  double end_s = -1;
  double skipped = 0;
};

} // namespace iccsim::engine::test
