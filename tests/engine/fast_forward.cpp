// Skipping steps against playing them all, with several jobs.
#include "skipping.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

/// Two to four jobs that begin at different times, across leaves; some end long before others.
scenario::Scenario random_scenario(std::mt19937& random) {
  const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % unsigned(high - low + 1)); };
  std::vector<scenario::JobSpec> jobs;
  for (int i = 0; i < pick(2, 4); ++i) {
    const int cards = 8 * pick(8, 10);
    auto spec = small_pretraining(8, 1, cards / 8 * pick(1, 3), pick(400, 1500));
    spec.overlap.gradients = pick(0, 1) == 1;
    jobs.push_back(job("job-" + std::to_string(i), cards, pick(0, 3000) / 1000.0, spec));
  }
  return scenario_of(narrow_cluster(40), jobs);
}

/// Relative in tokens/s, absolute in shares of time: the larger of both, the first counted twice.
double distance(const metrics::JobResult& a, const metrics::JobResult& b) {
  return std::max(2 * tokens_apart(a, b), states_apart(a, b));
}

/// Steps do not all take the same time.
bool contended(const metrics::JobResult& job) {
  return job.training->step_p99_s > 1.01 * job.training->step_p50_s;
}

} // namespace

TEST_CASE("jobs that slow one another come out as if every step of all were played") {
  int contended_jobs = 0;
  int determined_jobs = 0;
  for (unsigned seed = 1; seed <= 24; ++seed) {
    std::mt19937 random(seed);
    const auto scenario = random_scenario(random);
    const Simulated skipped(scenario, true);
    const Simulated played(scenario, false);
    INFO("seed " << seed);
    const auto moves = indeterminacy(scenario, played, {1e-9, 1e-6, 1e-3}, distance);
    for (std::size_t i = 0; i < played.jobs.size(); ++i) {
      INFO(played.jobs[i].name);
      REQUIRE(skipped.jobs[i].state == played.jobs[i].state);
      REQUIRE(skipped.jobs[i].training->steps == played.jobs[i].training->steps);
      CHECK(distance(skipped.jobs[i], played.jobs[i]) < 0.01 + 3 * moves[i]);
      contended_jobs += contended(played.jobs[i]) ? 1 : 0;
      determined_jobs += contended(played.jobs[i]) && moves[i] < 0.002 ? 1 : 0;
    }
    const double cards = 320 * skipped.clock.now();
    CHECK(skipped.card_seconds() == Approx(cards).epsilon(1e-9));
  }
  CHECK(contended_jobs >= 20);
  CHECK(determined_jobs >= 10);
}

TEST_CASE("jobs that slow one another are played until enough was played to make skipping worth it") {
  const auto scenario = scenario_of(narrow_cluster(20), {job("a", 80, 0, small_pretraining(8, 1, 20, 3000)),
                                                         job("b", 80, 0.1, small_pretraining(8, 1, 10, 3000))});
  const Simulated played(scenario, false);
  const double all = played.instants.count();
  double fewer = 0;
  for (const double play_first : {0.0, 0.3 * all, 0.6 * all, all}) { // whoever is left alone is skipped exactly
    const Simulated skipped(scenario, true, play_first);
    INFO(play_first / all);
    CHECK((play_first == all || skipped.instants.count() >= play_first));
    CHECK(skipped.instants.count() > fewer);
    fewer = skipped.instants.count();
    for (std::size_t i = 0; i < played.jobs.size(); ++i) {
      CHECK(tokens_apart(skipped.jobs[i], played.jobs[i]) < (play_first == all ? 1e-9 : 0.005));
    }
  }
}

TEST_CASE("a job that nobody slows is skipped exactly while others run") {
  const auto scenario = scenario_of(small_cluster(8), {job("a", 16, 0, small_pretraining(8, 1, 4, 300)),
                                                       job("b", 16, 0.001, small_pretraining(4, 2, 8, 200)),
                                                       job("c", 32, 0.5, small_pretraining(8, 2, 8, 100))});
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(skipped.jobs[i].end_s == Approx(played.jobs[i].end_s).epsilon(1e-9));
    for (std::size_t s = 0; s < metrics::state_count; ++s) {
      const auto state = static_cast<State>(s);
      CHECK(skipped.jobs[i].states[state] ==
            Approx(played.jobs[i].states[state]).epsilon(1e-6).margin(1e-9 * played.jobs[i].states.total()));
    }
  }
}

TEST_CASE("usage of the network counts what skipped jobs would have carried") {
  const auto scenario = scenario_of(small_cluster(8), {job("a", 16, 0, small_pretraining(8, 1, 4, 300)),
                                                       job("b", 32, 0.1, small_pretraining(4, 2, 8, 200))});
  const Simulated skipped(scenario, true);
  const Simulated played(scenario, false);
  const auto a = skipped.network.usage();
  const auto b = played.network.usage();
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].resource == b[i].resource);
    CHECK(a[i].bytes == Approx(b[i].bytes).epsilon(1e-9));
    CHECK(a[i].saturated_s == Approx(b[i].saturated_s).epsilon(1e-6).margin(1e-9));
    CHECK(a[i].peak_utilization == Approx(b[i].peak_utilization).epsilon(1e-9));
  }
}

TEST_CASE("usage of the network under contention is that of the steps that were skipped") {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    std::mt19937 random(seed);
    const auto scenario = random_scenario(random);
    const Simulated skipped(scenario, true);
    const Simulated played(scenario, false);
    const auto a = skipped.network.usage();
    const auto b = played.network.usage();
    INFO("seed " << seed);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].bytes == Approx(b[i].bytes).epsilon(0.002));
    }
  }
}

TEST_CASE("a time that is a whole number of steps ends after as many, played or skipped") {
  for (const double step_s : {0.1, 0.2, 0.05, 0.3}) {
    for (const double steps : {10.0, 400.0, 599.0, 600.0, 6000.0}) {
      scenario::TrainingSpec spec;
      spec.compute_per_step_s = step_s;
      spec.length.time_s = steps * step_s;
      INFO(steps << " steps of " << step_s << " s");
      for (const double submit_s : {0.0, 1234.567}) {
        const auto scenario = scenario_of(small_cluster(1), {scenario::JobSpec{"job", 8, {}, submit_s, spec}});
        const Simulated skipped(scenario, true);
        const Simulated played(scenario, false);
        CHECK(played.jobs[0].training->steps == steps);
        CHECK(skipped.jobs[0].training->steps == steps);
      }
    }
  }
}

TEST_CASE("steps that end with the duration of a simulation belong to it, played or skipped") {
  for (const double step_s : {0.1, 0.2, 0.05, 0.3}) {
    for (const double steps : {10.0, 599.0, 600.0, 6000.0}) {
      scenario::TrainingSpec spec;
      spec.compute_per_step_s = step_s;
      spec.length.steps = 1e6;
      auto scenario = scenario_of(small_cluster(1), {scenario::JobSpec{"job", 8, {}, 0, spec}});
      scenario.duration_s = steps * step_s;
      INFO(steps << " steps of " << step_s << " s");
      for (const bool fast_forward : {false, true}) {
        const Simulated run(scenario, fast_forward);
        CHECK(run.jobs[0].training->steps == steps);
        CHECK(run.clock.now() == Approx(steps * step_s).epsilon(1e-9));
        CHECK(run.card_seconds() == Approx(8 * run.clock.now()).epsilon(1e-9));
      }
    }
  }
}
