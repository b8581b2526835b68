// Jobs that slow one another, read and write checkpoints: skipping steps against playing them all.
#include "skipping.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

constexpr double storage_bytes_per_s = 20e9;

/// Storage behind the same fabric.
scenario::PlatformSpec narrow_cluster_with_storage(int nodes) {
  auto platform = narrow_cluster(nodes);
  platform.pools[0].node.host = {2, 64, 4e12, 1e13, 1e13};
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 1;
  storage.read_bytes_per_s = storage.write_bytes_per_s = storage_bytes_per_s;
  storage.nic_bytes_per_s = 1e15;
  platform.storage = {storage};
  return platform;
}

scenario::CheckpointSpec checkpoint(double drain_s, double every_s, bool asynchronous) {
  scenario::CheckpointSpec spec;
  spec.storage = "pfs";
  spec.bytes = drain_s * storage_bytes_per_s;
  spec.every_s = every_s;
  spec.asynchronous = asynchronous;
  return spec;
}

scenario::DatasetSpec dataset(double bytes_per_sample) {
  scenario::DatasetSpec spec;
  spec.storage = "pfs";
  spec.bytes_per_sample = bytes_per_sample;
  return spec;
}

/// Two to four jobs across leaves, of some ten thousand steps of 20 to 50 ms; most of them pause every few hundred.
scenario::Scenario random_scenario(std::mt19937& random) {
  const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % unsigned(high - low + 1)); };
  std::vector<scenario::JobSpec> jobs;
  for (int i = pick(2, 4); i > 0; --i) {
    const int cards = 8 * pick(8, 10);
    auto spec = small_pretraining(8, 1, cards / 8 * pick(1, 3), pick(7000, 13000));
    spec.overlap.gradients = pick(0, 1) == 1;
    if (pick(0, 3) > 0) {
      spec.checkpoint = checkpoint(0.01 * pick(5, 15), 10 * 0.1 * pick(7, 13), pick(0, 1) == 1);
    }
    if (pick(0, 1) == 1) {
      spec.dataset = dataset(1e6 * pick(1, 4));
    }
    jobs.push_back(job("job-" + std::to_string(i), cards, pick(0, 3000) / 1000.0, spec));
  }
  return scenario_of(narrow_cluster_with_storage(40), jobs);
}

/// For how long the servers wrote at full rate.
double full_of_writes_s(const Simulated& run) {
  for (const engine::ResourceUsage& usage : run.network.usage()) {
    if (run.cluster.resource_name(usage.resource) == "pfs/servers/write") {
      return usage.saturated_s;
    }
  }
  return 0;
}

/// What checkpoints and reads moved is what as many of them move.
void check_books(const metrics::JobResult& job, const scenario::PretrainingSpec& spec) {
  if (job.io.checkpoint) {
    CHECK(job.io.checkpoint->bytes == Approx(job.io.checkpoint->operations * spec.checkpoint->bytes));
    CHECK(job.io.checkpoint->storage_bytes == Approx(job.io.checkpoint->bytes));
  }
  if (job.io.dataset) {
    const double steps = job.training->steps;
    CHECK(job.io.dataset->bytes == Approx(steps * spec.batch.global * spec.dataset->bytes_per_sample));
  }
}

} // namespace

TEST_CASE("jobs that read, pause and slow one another come out as if every step of all were played") {
  double instants = 0;
  double played_instants = 0;
  int close = 0;
  int jobs = 0;
  for (unsigned seed = 1; seed <= 16; ++seed) {
    std::mt19937 random(seed);
    const auto scenario = random_scenario(random);
    const Simulated skipped(scenario, true);
    const Simulated played(scenario, false);
    INFO("seed " << seed);
    const auto moves = indeterminacy(scenario, played, {1e-9, 1e-3}, tokens_apart);
    for (std::size_t i = 0; i < played.jobs.size(); ++i) {
      INFO(played.jobs[i].name);
      REQUIRE(skipped.jobs[i].training->steps == played.jobs[i].training->steps);
      check_books(skipped.jobs[i], std::get<scenario::PretrainingSpec>(scenario.jobs[i].what));
      const double tokens = tokens_apart(skipped.jobs[i], played.jobs[i]);
      const double states = states_apart(skipped.jobs[i], played.jobs[i]);
      CHECK(tokens < 0.02);
      CHECK(states < 0.015);
      ++jobs;
      close += tokens < 0.005 + 2 * moves[i] && states < 0.01 + 2 * moves[i] ? 1 : 0;
    }
    skipped.board.io().check_balance();
    played.board.io().check_balance();
    CHECK(skipped.card_seconds() == Approx(320 * skipped.clock.now()).epsilon(1e-9));
    instants += skipped.instants.count();
    played_instants += played.instants.count();
  }
  CHECK(close >= 0.85 * jobs);
  CHECK(instants < played_instants / 3);
}

TEST_CASE("jobs that keep their places between checkpoints are skipped within half a percent") {
  // Two pairs of jobs with equal periods, each pair across its own leaves.
  std::vector<scenario::JobSpec> jobs;
  for (int i = 0; i < 2; ++i) {
    auto spec = small_pretraining(8, 1, 16, 20000);
    spec.checkpoint = checkpoint(0.1, 12 + i, i == 0);
    spec.dataset = dataset(1e6);
    jobs.push_back(job("job-" + std::to_string(i), 64, 0.001 * i, spec));
  }
  const auto scenario = scenario_of(narrow_cluster_with_storage(16), jobs);
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(tokens_apart(skipped.jobs[i], played.jobs[i]) < 0.005);
    CHECK(states_apart(skipped.jobs[i], played.jobs[i]) < 0.01);
    const auto& io = *played.jobs[i].io.checkpoint;
    CHECK(io.operations > 10);
    CHECK(skipped.jobs[i].io.checkpoint->operations == Approx(io.operations).margin(1));
    CHECK(skipped.jobs[i].io.checkpoint->stall_s == Approx(io.stall_s).epsilon(0.1));
  }
  CHECK(full_of_writes_s(played) > 5);
  CHECK(full_of_writes_s(skipped) == Approx(full_of_writes_s(played)).epsilon(0.2));
  CHECK(skipped.instants.count() < 0.2 * played.instants.count());
  skipped.board.io().check_balance();
}

TEST_CASE("input that newcomers slow is seen, however far from them a job computes") {
  const double bytes_per_sample = GENERATE(1e6, 40e6); // storage has room for both; for one of them
  std::vector<scenario::JobSpec> jobs;
  for (int i = 0; i < 2; ++i) {
    auto spec = small_pretraining(8, 1, 16, 6000);
    spec.checkpoint = checkpoint(0.1, 15, true);
    spec.dataset = dataset(bytes_per_sample);
    jobs.push_back(job("job-" + std::to_string(i), 32, 40.0 * i, spec));
  }
  const auto scenario = scenario_of(narrow_cluster_with_storage(8), jobs);
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  const auto waits = [&](std::size_t i) { return share(played.jobs[i], State::data_storage); };
  CHECK(waits(0) + waits(1) == (bytes_per_sample > 1e7 ? Approx(0.6).margin(0.5) : Approx(0).margin(0.05)));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(tokens_apart(skipped.jobs[i], played.jobs[i]) < 0.01);
    CHECK(states_apart(skipped.jobs[i], played.jobs[i]) < 0.01);
  }
  CHECK(skipped.instants.count() < 0.3 * played.instants.count());
}

TEST_CASE("nobody is played because of a stranger's storage") {
  // The stranger has nodes of its own and a storage that it cannot fill: nobody shares anything with it.
  auto platform = small_cluster(8);
  platform.pools[0].node.host = {2, 64, 4e12, 1e13, 1e13};
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 1;
  storage.read_bytes_per_s = storage.write_bytes_per_s = 1e15;
  storage.nic_bytes_per_s = 1e15;
  platform.storage = {storage};
  auto stranger = small_pretraining(8, 1, 4, 20000);
  stranger.dataset = dataset(1e5);
  stranger.checkpoint = checkpoint(0.5, 20, true);
  const auto scenario =
      scenario_of(platform, {job("a", 16, 0, small_pretraining(8, 1, 4, 20000)), job("stranger", 16, 0.1, stranger)});
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  CHECK(skipped.instants.count() < 0.02 * played.instants.count());
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(skipped.jobs[i].end_s == Approx(played.jobs[i].end_s).epsilon(1e-6));
    CHECK(skipped.jobs[i].states[State::checkpoint] ==
          Approx(played.jobs[i].states[State::checkpoint]).epsilon(1e-4).margin(1e-6));
  }
  CHECK(skipped.jobs[1].io.checkpoint->operations == played.jobs[1].io.checkpoint->operations);
  CHECK(skipped.jobs[1].io.dataset->bytes == Approx(played.jobs[1].io.dataset->bytes));
  skipped.board.io().check_balance();
}

TEST_CASE("a collective beside jobs has only those played that it can slow") {
  const auto scenario = scenario_of(
      small_cluster(8), {job("a", 16, 0, small_pretraining(8, 1, 4, 20000)), all_reduce("b", 16, 0.1, 1e9, 2)});
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  CHECK(skipped.instants.count() < 0.02 * played.instants.count());
  CHECK(skipped.jobs[0].end_s == Approx(played.jobs[0].end_s).epsilon(1e-9));
  CHECK(skipped.jobs[1].end_s == Approx(played.jobs[1].end_s).epsilon(1e-9));
}

TEST_CASE("pauses shift equal jobs to places that they keep until the next: each is skipped as it is") {
  std::vector<scenario::JobSpec> jobs;
  for (int i = 0; i < 2; ++i) {
    auto spec = small_pretraining(8, 1, 20, 4000);
    spec.overlap.gradients = false;
    if (i == 0) {
      spec.checkpoint = checkpoint(0.0137, 0, false);
      spec.checkpoint->every_s = {};
      spec.checkpoint->every_steps = 400;
    }
    jobs.push_back(job("job-" + std::to_string(i), 80, 0, spec));
  }
  const auto scenario = scenario_of(narrow_cluster_with_storage(20), jobs);
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(tokens_apart(skipped.jobs[i], played.jobs[i]) < 1e-5);
    CHECK(states_apart(skipped.jobs[i], played.jobs[i]) < 1e-5);
  }
  CHECK(skipped.instants.count() < 0.2 * played.instants.count());
}

TEST_CASE("a lone job whose reads share links with its collectives is skipped as it is played") {
  std::mt19937 random(3);
  const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % unsigned(high - low + 1)); };
  for (int round = 0; round < 12; ++round) {
    auto spec = small_pretraining(8, pick(1, 2), 80, 60);
    spec.parallelism.sharding = scenario::Sharding::optimizer;
    spec.overlap.gradients = pick(0, 1) == 1;
    spec.overlap.parameters = pick(0, 1) == 1;
    spec.dataset = dataset(1e5 * pick(1, 60));
    if (pick(0, 1) == 1) {
      spec.checkpoint = checkpoint(0.01 * pick(1, 9), 0, pick(0, 1) == 1);
      spec.checkpoint->every_s = {};
      spec.checkpoint->every_steps = 15;
    }
    auto scenario = scenario_of(narrow_cluster_with_storage(10), {job("job", 80, 0, spec)});
    scenario.stragglers.push_back({pick(0, 9), std::nullopt, 1 + 0.5 * pick(0, 4), {}});
    const Simulated skipped(scenario, true);
    const Simulated played(scenario, false);
    INFO("round " << round);
    CHECK(tokens_apart(skipped.jobs[0], played.jobs[0]) < 1e-9);
    CHECK(states_apart(skipped.jobs[0], played.jobs[0]) < 1e-9);
    CHECK(skipped.instants.count() < played.instants.count());
  }
}

TEST_CASE("who comes to read from its cache leaves more of the storage to its neighbours, skipped as played") {
  // One fits its page cache after an epoch, and the other is held up by storage until then.
  std::mt19937 random(11);
  const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % unsigned(high - low + 1)); };
  for (int round = 0; round < 6; ++round) {
    std::vector<scenario::JobSpec> jobs;
    for (int i = 0; i < 2; ++i) {
      scenario::TrainingSpec spec;
      spec.compute_per_step_s = 0.25;
      spec.micro = 4;
      spec.length.steps = 1500;
      spec.dataset = dataset(1e6 * pick(30, 80));
      spec.dataset->page_cache = i == 0;
      spec.dataset->samples = 4 * 16 * (100 + pick(0, 100));
      jobs.push_back({"training-" + std::to_string(i), 16, {}, 0.001 * pick(0, 3000), spec});
    }
    const auto scenario = scenario_of(narrow_cluster_with_storage(4), jobs);
    const Simulated skipped(scenario, true);
    const Simulated played(scenario, false);
    INFO("round " << round);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(skipped.jobs[i].end_s == Approx(played.jobs[i].end_s).epsilon(0.005));
      CHECK(states_apart(skipped.jobs[i], played.jobs[i]) < 0.01);
      CHECK(skipped.jobs[i].io.dataset->cached_bytes == Approx(played.jobs[i].io.dataset->cached_bytes).epsilon(1e-6));
    }
    CHECK(skipped.instants.count() < 0.5 * played.instants.count());
    skipped.board.io().check_balance();
  }
}
