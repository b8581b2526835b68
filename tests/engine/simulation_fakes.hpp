// Small clusters and jobs, and a simulation on a plain clock, so that one process can run many.
#pragma once

#include "engine/clock/fake_clock.hpp"
#include "engine/job/job_board.hpp"
#include "engine/network/bundle_network.hpp"
#include "iccsim/engine/simulation.hpp"

#include <algorithm>

namespace iccsim::engine::test {

inline scenario::PlatformSpec small_cluster(int nodes, int leaf_ports = 64) {
  scenario::NodeSpec node;
  node.name = "node";
  node.chip.name = "chip";
  node.chip.peak_flops = {{scenario::Precision::bf16, 100e12}, {scenario::Precision::fp32, 10e12}};
  node.chip.memory_bytes = 80e9;
  node.chip.memory_bytes_per_s = 1e12;
  node.chip.multiprocessors = 100;
  node.cards = 8;
  node.scale_up = {scenario::ScaleUpKind::switched, 100e9, 1e-6, 1.0, 1, false, {}};
  for (int i = 0; i < 8; ++i) {
    node.pcie.push_back({{i}, {i}, {}, i / 4, 32e9, 32e9});
    node.nics.push_back({25e9, 2e-6, false});
  }
  scenario::PlatformSpec platform;
  platform.pools = {{"gpu", node, nodes}};
  platform.fabric.kind = scenario::FabricKind::rail_optimized;
  platform.fabric.leaf_ports = leaf_ports;
  return platform;
}

inline scenario::ModelSpec small_gpt() {
  scenario::ModelSpec model;
  model.name = "small";
  model.layers = 8;
  model.hidden = 1024;
  model.heads = model.kv_heads = 16;
  model.head_dim = 64;
  model.ffn = 4096;
  model.vocabulary = 32000;
  model.max_positions = 1024;
  return model;
}

inline scenario::PretrainingSpec small_pretraining(int tensor, int pipeline, int global_batch, double steps) {
  scenario::PretrainingSpec spec;
  spec.model = small_gpt();
  spec.parallelism.tensor = tensor;
  spec.parallelism.pipeline = pipeline;
  spec.batch = {global_batch, 1, 1024};
  spec.software.name = "stack";
  scenario::KernelCalibration calibration;
  calibration.gemm_efficiency = {{scenario::Precision::bf16, 0.8}};
  calibration.launch_s = 2e-6;
  calibration.collective_launch_s = 5e-6;
  spec.software.fallback = calibration;
  spec.length.steps = steps;
  return spec;
}

inline scenario::JobSpec job(const std::string& name, int cards, double submit_s, scenario::PretrainingSpec spec) {
  return {name, cards, {}, submit_s, std::move(spec)};
}

inline scenario::JobSpec all_reduce(const std::string& name, int cards, double submit_s, double bytes, int repeat) {
  scenario::CollectiveSpec spec;
  spec.bytes = {bytes};
  spec.repeat = repeat;
  return {name, cards, {}, submit_s, spec};
}

inline scenario::Scenario scenario_of(scenario::PlatformSpec platform, std::vector<scenario::JobSpec> jobs) {
  scenario::Scenario scenario;
  scenario.name = "test";
  scenario.platform = std::move(platform);
  scenario.jobs = std::move(jobs);
  return scenario;
}

/// Counts the instants at which something happens: what was played.
class Instants : public TimedModel {
public:
  double next_time() override {
    ++count_;
    return never_s;
  }
  void advance(double) override {}
  double count() const { return count_; }

private:
  double count_ = 0;
};

/// As simulate(), on a clock of its own. `play_first`: so many instants, see engine::Options.
class Simulated {
public:
  explicit Simulated(scenario::Scenario what, bool fast_forward = true, double play_first = 0)
      : scenario(std::move(what)), cluster(scenario.platform), network(clock, cluster),
        board(scenario, cluster, clock, network, fast_forward,
              [this, play_first] { return instants.count() >= play_first; }) {
    clock.add(instants);
    board.open([this] {
      if (!scenario.duration_s) {
        clock.stop();
      }
    });
    clock.run(scenario.duration_s.value_or(never_s));
    jobs = board.results(clock.now());
  }
  /// Of all cards: states of the jobs, and what is free.
  double card_seconds() const {
    double sum = board.free_card_seconds(clock.now());
    for (const auto& result : jobs) {
      sum += result.states.total();
    }
    return sum;
  }

  scenario::Scenario scenario;
  FakeClock clock;
  platform::Cluster cluster;
  BundleNetwork network;
  JobBoard board;
  Instants instants;
  std::vector<metrics::JobResult> jobs;
};

} // namespace iccsim::engine::test
