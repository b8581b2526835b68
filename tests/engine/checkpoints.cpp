// Checkpoints: what they cost, who writes them, and that skipping steps changes nothing of it.
#include "simulation_fakes.hpp"

#include "engine/job/checkpoint_writers.hpp"
#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

constexpr double pcie_bytes_per_s = 32e9; // of a card of small_cluster()

scenario::PlatformSpec with_storage(int nodes, double write_bytes_per_s) {
  auto platform = small_cluster(nodes);
  platform.pools[0].node.host = {2, 64, 4e12, 1e13, 1e13};
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 1;
  storage.read_bytes_per_s = storage.write_bytes_per_s = write_bytes_per_s;
  storage.nic_bytes_per_s = 1e15;
  platform.storage = {storage};
  return platform;
}

scenario::CheckpointSpec checkpoint(double bytes, double every_s, bool asynchronous) {
  scenario::CheckpointSpec spec;
  spec.storage = "pfs";
  spec.bytes = bytes;
  spec.every_s = every_s;
  spec.asynchronous = asynchronous;
  return spec;
}

scenario::JobSpec training(int cards, double steps, const scenario::CheckpointSpec& spec) {
  scenario::TrainingSpec training;
  training.compute_per_step_s = 1;
  training.length.steps = steps;
  training.checkpoint = spec;
  return {"training", cards, {}, 0, training};
}

double stall_share(const Simulated& run) {
  return run.jobs[0].states[State::checkpoint] / run.jobs[0].states.total();
}

} // namespace

TEST_CASE("BLOOM's checkpoints of 2.3 TB in 40 s every 3 h cost 0.37% of its time") {
  // BigScience, arXiv 2211.05100, and its training log: 384 A100; 40 / 10800 = 0.37%.
  const Simulated run(
      scenario_of(with_storage(48, 2.3e12 / 40), {training(384, 30 * 86400, checkpoint(2.3e12, 3 * 3600, false))}));
  CHECK(stall_share(run) == Approx(0.0037).margin(0.00005));
  const auto& io = *run.jobs[0].io.checkpoint;
  CHECK(io.bytes == Approx(2.3e12 * io.operations));
  CHECK(io.storage_bytes == Approx(io.bytes));
  CHECK(io.stall_s == Approx(40 * io.operations).epsilon(0.001));
  CHECK(io.operations == 240);
  run.board.io().check_balance();
}

TEST_CASE("an asynchronous checkpoint costs its copy to host memory while the drain fits, and backs up when not") {
  const double copy_s = 2;
  const double bytes = 8 * pcie_bytes_per_s * copy_s;
  for (const double drain_s : {10.0, 50.0, 90.0, 150.0, 300.0}) {
    const Simulated run(
        scenario_of(with_storage(1, bytes / drain_s), {training(8, 30000, checkpoint(bytes, 100, true))}));
    // When it fits, the cards compute for the rest of the interval; else the next copy begins where the drain ends.
    const double interval_s = std::max(100.0, copy_s + drain_s);
    const double stall_s = copy_s + std::max(0.0, copy_s + drain_s - 100);
    INFO("drain of " << drain_s << " s in an interval of 100 s");
    // The last drain holds up the end of the job.
    CHECK(stall_share(run) == Approx(stall_s / interval_s).margin(1.2 * drain_s / 30000 + 0.0005));
    CHECK(run.jobs[0].io.checkpoint->copied_bytes == Approx(bytes * run.jobs[0].io.checkpoint->operations));
    run.board.io().check_balance();
  }
}

TEST_CASE("the job that writes at once waits for the storage, sharded writers use all links, rank 0 its own") {
  const double bytes = 8 * pcie_bytes_per_s * 4;
  auto sharded = checkpoint(bytes, 100, false);
  auto alone = sharded;
  alone.writers = scenario::CheckpointWriters::rank0;
  // Storage at 512 GB/s: eight cards are held up by their PCIe (and 25 GB/s NICs), one by its own.
  const Simulated fast(scenario_of(with_storage(1, 512e9), {training(8, 1000, sharded)}));
  const Simulated slow(scenario_of(with_storage(1, 512e9), {training(8, 1000, alone)}));
  const double each_s = fast.jobs[0].io.checkpoint->stall_s / fast.jobs[0].io.checkpoint->operations;
  const double rank0_s = slow.jobs[0].io.checkpoint->stall_s / slow.jobs[0].io.checkpoint->operations;
  CHECK(each_s == Approx(bytes / 8 / 25e9).epsilon(0.01));
  CHECK(rank0_s == Approx(bytes / 25e9).epsilon(0.01));
}

TEST_CASE("a checkpoint on one level stands for the levels that survive less") {
  auto spec = checkpoint(8 * pcie_bytes_per_s, 400, true);
  spec.levels = {{scenario::CheckpointTier::host_memory, "", 100.0, {}},
                 {scenario::CheckpointTier::peer, "", 200.0, {}}};
  const Simulated run(scenario_of(with_storage(2, 100e9), {training(16, 4000, spec)}));
  const auto& io = *run.jobs[0].io.checkpoint;
  // Every 100 s or so the cards stop for a copy of 16 GB each: of four, two stay there, one drains to a peer and one to
  // storage.
  CHECK(io.operations == Approx(39).margin(1));
  CHECK(io.copied_bytes == Approx(8 * pcie_bytes_per_s * io.operations));
  CHECK(io.storage_bytes == Approx(8 * pcie_bytes_per_s * 10));
  CHECK(io.stall_s == Approx(0.5 * io.operations).epsilon(0.01));
  run.board.io().check_balance();
}

TEST_CASE("a job that restores loads the whole checkpoint before its first step") {
  auto spec = checkpoint(800e9, 1e9, false);
  spec.restore = true;
  const Simulated run(scenario_of(with_storage(1, 20e9), {training(8, 10, spec)}));
  CHECK(run.jobs[0].states[State::checkpoint] == Approx(8 * 40));
  CHECK(run.jobs[0].end_s == Approx(50));
}

TEST_CASE("stages write what they hold, and all of them the model's weights and optimizer states once") {
  auto spec = small_pretraining(2, 4, 16, 10);
  const workload::Plan plan(spec, 32);
  engine::Placement placement(32);
  for (std::size_t i = 0; i < placement.size(); ++i) {
    placement[i] = static_cast<platform::CardId>(i);
  }
  const double all = 14 * workload::total_parameters(spec.model);
  for (const auto writers : {scenario::CheckpointWriters::sharded, scenario::CheckpointWriters::rank0}) {
    auto wanted = checkpoint(0, 1, false);
    wanted.writers = writers;
    const bool sharded = writers == scenario::CheckpointWriters::sharded;
    double bytes = 0, cards = 0;
    for (const auto& group : engine::checkpoint_writers(spec, plan, wanted, placement)) {
      bytes += group.bytes_each * static_cast<double>(group.cards.size());
      cards += static_cast<double>(group.cards.size());
    }
    CHECK(bytes == Approx(all));
    CHECK(cards == (sharded ? 32 : 8)); // 4 stages of 2 tensor-parallel ranks
  }
}

TEST_CASE("pretraining with checkpoints is skipped as it is played") {
  const auto alone = small_pretraining(2, 2, 32, 2000);
  const Simulated without(scenario_of(with_storage(2, 2e9), {job("pretraining", 16, 0, alone)}));
  const double step_s = without.jobs[0].training->step_mean_s;
  auto by_steps = checkpoint(0, 0, false);
  by_steps.every_s.reset();
  by_steps.every_steps = 100;
  auto beneath = by_steps;
  beneath.asynchronous = true;
  auto by_time = checkpoint(0, 100.5 * step_s, false);
  auto levels = checkpoint(0, 400 * step_s, true);
  levels.levels = {{scenario::CheckpointTier::host_memory, "", 90 * step_s, {}}};
  auto too_slow = checkpoint(1e12, 100 * step_s, true); // drains longer than its interval
  auto close = beneath;                                 // the durable one is due before steps are regular again
  close.every_steps = 36;
  close.levels = {{scenario::CheckpointTier::host_memory, "", {}, 5}};
  auto by_both = checkpoint(0, 36.95 * step_s, false);
  by_both.levels = {{scenario::CheckpointTier::host_memory, "", {}, 46}};
  for (const auto& wanted : {by_steps, beneath, by_time, levels, too_slow, close, by_both}) {
    auto spec = alone;
    spec.checkpoint = wanted;
    const auto scenario = scenario_of(with_storage(2, 2e9), {job("pretraining", 16, 0, spec)});
    const Simulated played(scenario, false);
    const Simulated skipped(scenario, true);
    const auto& io = *played.jobs[0].io.checkpoint;
    CHECK(io.operations > 3);
    CHECK(skipped.jobs[0].io.checkpoint->operations == io.operations);
    CHECK(skipped.jobs[0].io.checkpoint->bytes == Approx(io.bytes));
    CHECK(skipped.jobs[0].io.checkpoint->copied_bytes == Approx(io.copied_bytes));
    CHECK(skipped.jobs[0].end_s == Approx(played.jobs[0].end_s).epsilon(1e-6));
    CHECK(skipped.jobs[0].training->steps == 2000);
    CHECK(skipped.jobs[0].states[State::checkpoint] == Approx(played.jobs[0].states[State::checkpoint]).epsilon(1e-4));
    CHECK(skipped.card_seconds() == Approx(16 * skipped.clock.now()));
    skipped.board.io().check_balance();
    played.board.io().check_balance();
  }
}

TEST_CASE("steps that follow a pause are not those that repeat, however many pauses follow one another") {
  // Levels by time so short that pauses fall after steps in a row; what is in flight between steps shortens the first
  // step after each.
  for (const double every_steps : {7.3, 9.6, 11.2, 14.9}) {
    auto spec = small_pretraining(2, 2, 32, 600);
    spec.parallelism.sharding = scenario::Sharding::optimizer;
    spec.overlap.parameters = true;
    const Simulated without(scenario_of(with_storage(2, 2e9), {job("pretraining", 16, 0, spec)}));
    const double step_s = without.jobs[0].training->step_mean_s;
    spec.checkpoint = checkpoint(2e9 * 6.5 * step_s, 6 * every_steps * step_s, false); // longer than the level below
    spec.checkpoint->levels = {{scenario::CheckpointTier::host_memory, "", every_steps * step_s / 2, {}}};
    const auto scenario = scenario_of(with_storage(2, 2e9), {job("pretraining", 16, 0, spec)});
    const Simulated played(scenario, false);
    const Simulated skipped(scenario, true);
    INFO(every_steps);
    CHECK(skipped.jobs[0].end_s == Approx(played.jobs[0].end_s).epsilon(1e-6));
    CHECK(skipped.jobs[0].io.checkpoint->operations == played.jobs[0].io.checkpoint->operations);
  }
}

TEST_CASE("the checkpoints of a model hold its weights and optimizer states") {
  auto spec = small_pretraining(2, 2, 32, 100);
  spec.checkpoint = checkpoint(0, 0, false);
  spec.checkpoint->every_s.reset();
  spec.checkpoint->every_steps = 10;
  const Simulated run(scenario_of(with_storage(2, 2e9), {job("pretraining", 16, 0, spec)}));
  CHECK(run.jobs[0].io.checkpoint->operations == 9);
  CHECK(run.jobs[0].io.checkpoint->storage_bytes == Approx(9 * 14 * workload::total_parameters(spec.model)));
}
