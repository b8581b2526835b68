// Steps: conservation on random programs, fast-forward against play, limits.
#include "player_fakes.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;
using metrics::State;
using scenario::Schedule;

namespace {

/// Unequal stages, every kind of call, every switch either way.
workload::StepProgram random_program(std::mt19937& random, Schedule& schedule) {
  const auto pick = [&](int low, int high) { return low + static_cast<int>(random() % unsigned(high - low + 1)); };
  const auto real = [&](double high) { return high * double(random() % 1000) / 1000.0; };
  const Schedule schedules[] = {Schedule::gpipe, Schedule::one_f_one_b, Schedule::interleaved, Schedule::zb_h1,
                                Schedule::dualpipe};
  schedule = schedules[pick(0, 4)];
  const int p = schedule == Schedule::dualpipe ? 2 * pick(1, 3) : pick(1, 5);
  const int chunks = schedule == Schedule::dualpipe ? 2 : schedule == Schedule::interleaved ? pick(2, 3) : 1;
  const int m = schedule == Schedule::dualpipe ? 2 * p + 2 * pick(0, 3)
                                               : (schedule == Schedule::interleaved ? p * pick(1, 4) : pick(1, 12));
  auto program = equal_stages(schedule, p, chunks, m, 1.0, 2.0, real(0.3));
  program.overlap_gradients = pick(0, 1) == 1;
  program.overlap_parameters = pick(0, 1) == 1;
  program.overlap_pipeline = pick(0, 1) == 1;
  program.overlap_slowdown = 1 + real(0.3);
  for (auto& stage : program.stages) {
    for (auto* passes : {&stage.forward, &stage.backward, &stage.backward_input, &stage.backward_weight}) {
      for (auto& task : *passes) {
        task.compute = {real(1), real(0.2), real(0.5), real(0.3)};
        task.calls = {
            {workload::Communicator::tensor, scenario::CollectiveOperation::all_reduce, real(0.1), 4, real(1)},
            {workload::Communicator::expert, scenario::CollectiveOperation::all_to_all, real(0.2), 2, real(1)},
            {workload::Communicator::shard, scenario::CollectiveOperation::all_gather, real(0.2), 1, real(1)}};
      }
    }
    for (auto& sync : stage.sync) {
      sync.gradients = {data_call(real(3)), data_call(real(1))};
      sync.parameters = {data_call(real(2))};
      sync.buckets = pick(1, 5);
    }
    stage.optimizer = {0, 0, 0, real(0.4)};
    stage.step_overhead_s = real(0.2);
    stage.tied_embedding_bytes = real(1);
  }
  return program;
}

} // namespace

TEST_CASE("every card is in one state at every instant, whatever the program") {
  std::mt19937 random(20240607);
  for (int round = 0; round < 200; ++round) {
    Schedule schedule{};
    const auto program = random_program(random, schedule);
    const Played played(program, schedule, 3);
    const double cards = Played::cards_per_stage * double(program.stages.size());
    INFO("round " << round);
    REQUIRE(played.end_s > 0);
    const auto states = played.player->states(played.end_s);
    CHECK(states.total() == Approx(cards * played.end_s).epsilon(1e-12));
    CHECK(states[State::compute] == Approx(3 * played.player->cost_per_step().compute_s).epsilon(1e-12));
    CHECK(states[State::recompute] == Approx(3 * played.player->cost_per_step().recompute_s).epsilon(1e-12));
    for (std::size_t s = 0; s < metrics::state_count; ++s) {
      CHECK(states[static_cast<State>(s)] >= -1e-9 * played.end_s);
    }
  }
}

TEST_CASE("fast-forward gives the steps and states of playing every step") {
  std::mt19937 random(11);
  for (int round = 0; round < 60; ++round) {
    Schedule schedule{};
    const auto program = random_program(random, schedule);
    const Played played(program, schedule, 40);
    const Played skipped(program, schedule, 40, true);
    INFO("round " << round);
    CHECK(skipped.skipped > 20);
    CHECK(skipped.player->steps() == 40);
    CHECK(skipped.end_s == Approx(played.end_s).epsilon(1e-9));
    const auto a = played.player->states(played.end_s);
    const auto b = skipped.player->states(skipped.end_s);
    for (std::size_t s = 0; s < metrics::state_count; ++s) {
      const auto state = static_cast<State>(s);
      CHECK(b[state] == Approx(a[state]).epsilon(1e-9).margin(1e-9 * a.total()));
    }
    CHECK(skipped.player->step_times().count() == 40);
    CHECK(skipped.player->step_times().quantile(0.5) == Approx(played.player->step_times().quantile(0.5)));
  }
}

TEST_CASE("a job that runs for a time ends with the step in progress") {
  FakeClock clock;
  FakeNetwork network(clock);
  network.seconds.assign(31, 1.0);
  FakeShapes shapes;
  const auto program = equal_stages(Schedule::one_f_one_b, 2, 1, 4, 1.0, 1.0); // 10 s a step
  const bool fast = GENERATE(false, true);
  PlayerHooks hooks;
  if (fast) {
    hooks.quiet_until = [] { return never_s; };
  }
  PretrainingPlayer player(clock, network, compile(program, Schedule::one_f_one_b, shapes), {{0, 1, 1}, {1, 1, 1}},
                           StepLimit{never_s, 123.0}, hooks);
  player.start();
  clock.run();
  CHECK(player.finished());
  CHECK(player.steps() == 13);
  CHECK(player.last_step_end_s() == Approx(130));
  CHECK(clock.now() == Approx(130));
}

TEST_CASE("skipping stops before the event that ends the quiet") {
  FakeClock clock;
  FakeNetwork network(clock);
  network.seconds.assign(31, 1.0);
  FakeShapes shapes;
  const auto program = equal_stages(Schedule::one_f_one_b, 1, 1, 4, 1.0, 1.0); // 8 s a step
  double event_s = 1000;
  PlayerHooks hooks;
  hooks.quiet_until = [&] { return clock.now() < event_s ? event_s : clock.now(); };
  PretrainingPlayer player(clock, network, compile(program, Schedule::one_f_one_b, shapes), {{0, 1, 1}},
                           StepLimit{200, never_s}, hooks);
  double steps_at_event = 0;
  double states_at_event = 0;
  clock.at(event_s, [&] {
    steps_at_event = player.steps();
    states_at_event = player.states(clock.now()).total();
  });
  player.start();
  clock.run();
  CHECK(steps_at_event == 124); // 125 end at the very instant, after the event
  CHECK(states_at_event == Approx(1000).epsilon(1e-12));
  CHECK(player.steps() == 200);
  CHECK(clock.now() == Approx(1600));
}

TEST_CASE("slower cards make a class of their own and hold the pipeline back") {
  FakeClock clock;
  FakeNetwork network(clock);
  network.seconds.assign(31, 1.0);
  FakeShapes shapes;
  const auto program = equal_stages(Schedule::one_f_one_b, 2, 1, 6, 1.0, 2.0);
  PretrainingPlayer player(clock, network, compile(program, Schedule::one_f_one_b, shapes), {{0, 1, 1}, {1, 1, 1.5}},
                           StepLimit{1, never_s}, {});
  player.start();
  clock.run();
  CHECK(clock.now() == Approx(6 * 4.5 + 3.0)); // the slow stage works throughout, but for fill and drain
  CHECK(player.states(clock.now()).total() == Approx(2 * clock.now()));
}

TEST_CASE("a job that has drifted comes later, once, and uses no link meanwhile") {
  auto program = equal_stages(Schedule::one_f_one_b, 2, 1, 4, 1.0, 2.0);
  const Played before(program, Schedule::one_f_one_b, 5);
  const Played after(program, Schedule::one_f_one_b, 5, false, 0.25);
  CHECK(after.end_s == Approx(before.end_s + 0.25).epsilon(1e-12));
  CHECK(after.mean_card(State::kernel) == Approx(before.mean_card(State::kernel) + 0.25));
  CHECK(after.player->states(after.end_s).total() == Approx(2 * Played::cards_per_stage * after.end_s));
}
