// Figures of a training job agree with one another and with hand computation.
#include "simulation_fakes.hpp"

#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;

namespace {

/// TP, PP, DP, with and without overlap and recomputation.
std::vector<scenario::PretrainingSpec> plans(double steps) {
  auto plain = small_pretraining(2, 4, 32, steps);
  auto overlapped = plain;
  overlapped.overlap.gradients = overlapped.overlap.parameters = overlapped.overlap.pipeline = true;
  overlapped.parallelism.sharding = scenario::Sharding::optimizer;
  overlapped.parallelism.sequence = true;
  overlapped.recompute = scenario::Recompute::selective;
  overlapped.software.fused_attention = false; // which recomputes nothing of its own
  auto interleaved = plain;
  interleaved.parallelism.virtual_stages = 2;
  interleaved.parallelism.schedule = scenario::Schedule::interleaved;
  interleaved.recompute = scenario::Recompute::full;
  auto sharded = small_pretraining(1, 1, 64, steps);
  sharded.parallelism.sharding = scenario::Sharding::parameters;
  auto zero_bubble = plain;
  zero_bubble.parallelism.schedule = scenario::Schedule::zb_h1;
  return {plain, overlapped, interleaved, sharded, zero_bubble};
}

} // namespace

TEST_CASE("the share of compute is the MFU, and MFU, TFLOPS and tokens/s are one figure") {
  for (const bool fast_forward : {false, true}) {
    for (const auto& spec : plans(12)) {
      const Simulated s(scenario_of(small_cluster(4), {job("train", 32, 0, spec)}), fast_forward);
      const auto& result = s.jobs[0];
      REQUIRE(result.training);
      const auto& f = *result.training;
      const double seconds = result.end_s - result.start_s;
      const double tokens = 12.0 * spec.batch.global * spec.batch.sequence;
      const double peak = 100e12;
      const double flops_per_token = workload::model_flops_per_token(spec.model, spec.batch.sequence);
      CHECK(f.steps == 12);
      CHECK(f.step_mean_s == Approx(seconds / 12).epsilon(1e-9));
      CHECK(f.tokens_per_s == Approx(tokens / seconds).epsilon(1e-9));
      CHECK(f.tokens_per_s_per_card == Approx(f.tokens_per_s / 32).epsilon(1e-12));
      CHECK(f.mfu == Approx(f.tokens_per_s * flops_per_token / (32 * peak)).epsilon(1e-9));
      CHECK(f.mfu == Approx(result.states[State::compute] / result.states.total()).epsilon(1e-9));
      CHECK(f.hfu == Approx((result.states[State::compute] + result.states[State::recompute]) / result.states.total())
                         .epsilon(1e-9));
      CHECK(f.tflops_per_card * 1e12 == Approx(f.mfu * peak).epsilon(1e-9));
      CHECK(f.hardware_tflops_per_card * 1e12 == Approx(f.hfu * peak).epsilon(1e-9));
      CHECK(result.states.total() == Approx(32 * seconds).epsilon(1e-9));
      CHECK(f.mfu > 0.05);
      CHECK(f.mfu < 1);
    }
  }
}

TEST_CASE("fast-forward changes neither figures, states nor the load of resources") {
  for (const auto& spec : plans(50)) {
    const auto scenario = scenario_of(small_cluster(4), {job("train", 32, 0, spec)});
    const Simulated played(scenario, false);
    const Simulated skipped(scenario, true);
    CHECK(skipped.clock.now() == Approx(played.clock.now()).epsilon(1e-9));
    const auto& a = played.jobs[0];
    const auto& b = skipped.jobs[0];
    CHECK(b.training->step_p50_s == Approx(a.training->step_p50_s).epsilon(1e-9));
    for (std::size_t i = 0; i < metrics::state_count; ++i) {
      const auto state = static_cast<State>(i);
      CHECK(b.states[state] == Approx(a.states[state]).epsilon(1e-9).margin(1e-9 * a.states.total()));
    }
    const auto used = played.network.usage();
    const auto repeated = skipped.network.usage();
    REQUIRE(used.size() == repeated.size());
    for (std::size_t i = 0; i < used.size(); ++i) {
      CHECK(repeated[i].bytes == Approx(used[i].bytes).epsilon(1e-6));
      CHECK(repeated[i].saturated_s == Approx(used[i].saturated_s).epsilon(1e-6).margin(1e-9));
    }
  }
}

TEST_CASE("a neighbour on other leaves changes nothing; states add up to the cluster") {
  const auto spec = small_pretraining(2, 2, 32, 6);
  const Simulated alone(scenario_of(small_cluster(4, 2), {job("a", 16, 0, spec)}));
  const Simulated both(scenario_of(small_cluster(4, 2), {job("a", 16, 0, spec), job("b", 16, 0, spec)}));
  CHECK(both.jobs[0].end_s == Approx(alone.jobs[0].end_s).epsilon(1e-9));
  CHECK(both.jobs[1].end_s == Approx(alone.jobs[0].end_s).epsilon(1e-9));
  CHECK(both.card_seconds() == Approx(32 * both.clock.now()).epsilon(1e-12));
}

TEST_CASE("a job cut by the horizon accounts every second, and rates its whole steps") {
  auto scenario = scenario_of(small_cluster(4), {job("train", 32, 0, small_pretraining(2, 4, 32, 1000))});
  const Simulated whole(scenario_of(small_cluster(4), {job("train", 32, 0, small_pretraining(2, 4, 32, 3))}));
  for (const bool fast_forward : {false, true}) {
    scenario.duration_s = whole.clock.now() * 31.7 / 3;
    const Simulated cut(scenario, fast_forward);
    const auto& f = *cut.jobs[0].training;
    CHECK(cut.jobs[0].state == metrics::JobState::running);
    CHECK(f.steps == 31);
    CHECK(f.mfu == Approx(whole.jobs[0].training->mfu).epsilon(1e-6));
    CHECK(cut.jobs[0].states.total() == Approx(32 * *scenario.duration_s).epsilon(1e-9));
  }
}

TEST_CASE("a late arrival slows nothing before it comes, and waits for nothing that it need not") {
  const auto spec = small_pretraining(2, 2, 32, 40);
  const Simulated alone(scenario_of(small_cluster(4, 2), {job("a", 16, 0, spec)}));
  const double late = 0.61 * alone.clock.now();
  for (const bool fast_forward : {false, true}) {
    const Simulated both(scenario_of(small_cluster(4, 2), {job("a", 16, 0, spec), job("b", 16, late, spec)}),
                         fast_forward);
    CHECK(both.jobs[0].end_s == Approx(alone.jobs[0].end_s).epsilon(1e-9));
    CHECK(both.jobs[1].start_s == Approx(late));
    CHECK(both.jobs[1].queue_s == 0);
    CHECK(both.jobs[1].end_s - late == Approx(alone.jobs[0].end_s).epsilon(1e-9));
    CHECK(both.card_seconds() == Approx(32 * both.clock.now()).epsilon(1e-9));
  }
}
