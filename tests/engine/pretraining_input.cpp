// Pretraining that reads: tokens never hold it up, images may.
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

scenario::PlatformSpec with_storage(int nodes, double read_bytes_per_s) {
  auto platform = small_cluster(nodes);
  platform.pools[0].node.host = {2, 64, 1e12, 1e12, 1e12};
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 1;
  storage.read_bytes_per_s = storage.write_bytes_per_s = read_bytes_per_s;
  storage.nic_bytes_per_s = 1e15;
  platform.storage = {storage};
  return platform;
}

scenario::PretrainingSpec reading(double bytes_per_sample, double steps) {
  auto spec = small_pretraining(2, 2, 32, steps);
  scenario::DatasetSpec dataset;
  dataset.storage = "pfs";
  dataset.bytes_per_sample = bytes_per_sample;
  spec.dataset = dataset;
  return spec;
}

double waits(const metrics::JobResult& job) {
  return job.states[State::data_storage] + job.states[State::data_cpu] + job.states[State::data_h2d];
}

} // namespace

TEST_CASE("reading tokens never holds up a language model") {
  // 2 bytes a token from a storage of 1e-5 GB/s a card: 16 cards have 160 KB/s, and need 32 x 2 KiB a step.
  auto spec = reading(2 * 1024, 500);
  const Simulated without(scenario_of(with_storage(2, 1e12), {job("tokens", 16, 0, small_pretraining(2, 2, 32, 500))}));
  const double needed = 32 * 2 * 1024 / without.jobs[0].training->step_mean_s;
  const Simulated run(scenario_of(with_storage(2, 100 * needed), {job("tokens", 16, 0, spec)}));
  CHECK(waits(run.jobs[0]) < 0.001 * run.jobs[0].states.total());
  CHECK(run.jobs[0].end_s == Approx(without.jobs[0].end_s).epsilon(0.001));
  CHECK(run.jobs[0].io.dataset->bytes == Approx(500.0 * 32 * 2 * 1024));
  CHECK(run.jobs[0].io.dataset->storage_bytes + run.jobs[0].io.dataset->cached_bytes ==
        Approx(run.jobs[0].io.dataset->bytes));
}

TEST_CASE("an input-bound step takes as long as its input, and every card waits for it") {
  const Simulated without(scenario_of(with_storage(2, 1e12), {job("a", 16, 0, small_pretraining(2, 2, 32, 200))}));
  const double step_s = without.jobs[0].training->step_mean_s;
  for (const bool fast_forward : {false, true}) {
    const auto spec = reading(10e6, 200);
    const double bandwidth = 32 * 10e6 / (2 * step_s); // half of what it needs
    const Simulated run(scenario_of(with_storage(2, bandwidth), {job("images", 16, 0, spec)}), fast_forward);
    CHECK(run.jobs[0].training->step_p50_s == Approx(2 * step_s).epsilon(0.001));
    CHECK(run.jobs[0].states[State::data_storage] == Approx(run.jobs[0].states.total() / 2).epsilon(0.02));
    CHECK(run.jobs[0].io.dataset->bytes == Approx(200 * 32 * 10e6));
    CHECK(run.jobs[0].io.dataset->stall_s == Approx(200 * step_s).epsilon(0.02));
    CHECK(run.card_seconds() == Approx(16 * run.clock.now()));
    run.board.io().check_balance();
  }
}

TEST_CASE("skipped steps read from caches as played ones do, through epochs and checkpoints") {
  for (const double checkpoint_every_steps : {0.0, 7.0, 20.0}) {
    auto spec = reading(1e6, 600);
    spec.dataset->samples = 100.25 * 32; // an epoch ends within a step
    spec.dataset->page_cache = true;
    if (checkpoint_every_steps > 0) {
      scenario::CheckpointSpec checkpoint;
      checkpoint.storage = "pfs";
      checkpoint.every_steps = checkpoint_every_steps;
      spec.checkpoint = checkpoint;
    }
    const auto scenario = scenario_of(with_storage(2, 1e12), {job("images", 16, 0, spec)});
    const Simulated played(scenario, false);
    const Simulated skipped(scenario, true);
    const auto& figures = *played.jobs[0].io.dataset;
    CHECK(figures.cached_bytes > 0.3 * figures.bytes);
    CHECK(figures.storage_bytes > 0.1 * figures.bytes);
    CHECK(skipped.jobs[0].io.dataset->cached_bytes == Approx(figures.cached_bytes).epsilon(1e-9));
    CHECK(skipped.jobs[0].io.dataset->storage_bytes == Approx(figures.storage_bytes).epsilon(1e-9));
    skipped.board.io().check_balance();
  }
}

TEST_CASE("replicas of several kinds all begin when the step's input is there") {
  auto scenario = scenario_of(with_storage(2, 1e6), {job("images", 16, 0, reading(1e5, 3))});
  const Simulated alike(scenario);
  scenario.stragglers.push_back({1, std::nullopt, 1.3, {}});
  const Simulated slow_node(scenario);
  CHECK(alike.jobs[0].training->steps == 3);
  CHECK(slow_node.jobs[0].training->steps == 3);
  CHECK(slow_node.jobs[0].end_s > alike.jobs[0].end_s);
}
