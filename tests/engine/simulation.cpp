// simulate() itself, on SimGrid's clock: one simulation a test case.
#include "simulation_fakes.hpp"

#include "iccsim/workload/plan.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

TEST_CASE("a scenario comes out with figures, cluster shares and its bottleneck") {
  const auto scenario = scenario_of(
      small_cluster(4), {job("train", 16, 0, small_pretraining(2, 2, 32, 5)), all_reduce("ar", 8, 0, 1e9, 3)});
  const auto result = engine::simulate(scenario, {});
  CHECK(result.complete);
  CHECK(result.cards == 32);
  REQUIRE(result.jobs.size() == 2);
  CHECK(result.jobs[0].name == "train");
  CHECK(result.jobs[0].type == "pretraining");
  CHECK(result.jobs[0].plan ==
        workload::Plan(std::get<scenario::PretrainingSpec>(scenario.jobs[0].what), 16).describe());
  CHECK(result.jobs[0].training->memory.total_bytes > 0);
  CHECK(result.jobs[0].training->memory.capacity_bytes == 80e9);
  CHECK(result.jobs[1].type == "collective");
  CHECK(result.simulated_s == Approx(std::max(result.jobs[0].end_s, result.jobs[1].end_s)));
  CHECK(result.peak_utilization == Approx(24.0 / 32));
  const double used = 16 * result.jobs[0].end_s + 8 * result.jobs[1].end_s;
  CHECK(result.utilization == Approx(used / (32 * result.simulated_s)));
  CHECK(result.cluster_states[State::free] == Approx(32 * result.simulated_s - used));
  REQUIRE_FALSE(result.resources.empty());
  CHECK(std::is_sorted(result.resources.begin(), result.resources.end(),
                       [](const auto& a, const auto& b) { return a.saturated_s > b.saturated_s; }));
}

TEST_CASE("SimGrid's clock and a plain clock tell the same") {
  const auto scenario = scenario_of(small_cluster(4), {job("train", 32, 0.5, small_pretraining(2, 4, 32, 20))});
  const auto result = engine::simulate(scenario, {});
  const Simulated plain(scenario);
  CHECK(result.jobs[0].end_s == Approx(plain.jobs[0].end_s).epsilon(1e-12));
  for (std::size_t i = 0; i < metrics::state_count; ++i) {
    const auto state = static_cast<State>(i);
    CHECK(result.jobs[0].states[state] == Approx(plain.jobs[0].states[state]).epsilon(1e-9));
  }
}

TEST_CASE("a given duration is the horizon, also when the jobs end before it") {
  auto scenario = scenario_of(small_cluster(1), {all_reduce("ar", 8, 0, 1e6, 1)});
  scenario.duration_s = 100;
  const auto result = engine::simulate(scenario, {});
  CHECK(result.simulated_s == 100);
  CHECK(result.jobs[0].state == metrics::JobState::done);
  CHECK(result.cluster_states.total() == Approx(800));
  CHECK(result.utilization < 1e-3);
}

TEST_CASE("an interrupted simulation reports what is there, and says that it is not complete") {
  auto scenario = scenario_of(small_cluster(4), {job("train", 32, 0, small_pretraining(2, 4, 32, 100000))});
  engine::Options options;
  options.fast_forward = false;
  int asked = 0;
  options.interrupted = [&] { return ++asked > 50; };
  const auto result = engine::simulate(scenario, options);
  CHECK_FALSE(result.complete);
  CHECK(result.jobs[0].state == metrics::JobState::running);
  CHECK(result.simulated_s > 0);
  CHECK(result.cluster_states.total() == Approx(32 * result.simulated_s).epsilon(1e-9));
}

TEST_CASE("progress goes from nothing to done") {
  auto scenario = scenario_of(small_cluster(4), {job("train", 32, 0, small_pretraining(2, 4, 64, 300))});
  engine::Options options;
  options.fast_forward = false;
  std::vector<double> shares;
  options.on_progress = [&](const engine::Progress& progress) { shares.push_back(progress.done_share); };
  engine::simulate(scenario, options);
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  for (const double share : shares) {
    CHECK(share >= 0);
    CHECK(share <= 1);
  }
}
