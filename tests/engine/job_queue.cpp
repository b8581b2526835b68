// First come first served: who starts when.
#include "simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::JobState;
using metrics::State;

TEST_CASE("a job that finds its cards taken waits for them") {
  const Simulated s(
      scenario_of(small_cluster(2), {all_reduce("first", 16, 0, 1e9, 100), all_reduce("next", 8, 0, 1e9, 1)}));
  REQUIRE(s.board.all_done());
  CHECK(s.jobs[0].queue_s == 0);
  CHECK(s.jobs[1].start_s == s.jobs[0].end_s);
  CHECK(s.jobs[1].queue_s == s.jobs[0].end_s);
  CHECK(s.card_seconds() == Approx(16 * s.clock.now()).epsilon(1e-12));
}

TEST_CASE("the head of the queue is not overtaken") {
  const Simulated s(
      scenario_of(small_cluster(2), {all_reduce("half", 8, 0, 1e9, 100), all_reduce("whole", 16, 0.1, 1e9, 1),
                                     all_reduce("small", 8, 0.2, 1e9, 1)}));
  REQUIRE(s.board.all_done());
  CHECK(s.jobs[1].start_s == s.jobs[0].end_s);
  CHECK(s.jobs[2].start_s == s.jobs[1].end_s); // eight cards were free all the time
  CHECK(s.jobs[2].queue_s == Approx(s.jobs[2].start_s - 0.2));
}

TEST_CASE("jobs that fit run side by side, and peak utilization counts their cards") {
  const Simulated s(scenario_of(small_cluster(4), {all_reduce("a", 8, 0, 1e9, 10), all_reduce("b", 16, 0, 1e9, 10)}));
  CHECK(s.jobs[0].start_s == 0);
  CHECK(s.jobs[1].start_s == 0);
  CHECK(s.board.most_cards_taken() == 24);
}

TEST_CASE("a job that can never fit is refused before anything runs") {
  auto scenario = scenario_of(small_cluster(2), {all_reduce("huge", 24, 0, 1e9, 1)});
  CHECK_THROWS_AS(Simulated(scenario), std::invalid_argument);
  scenario.jobs = {job("odd", 16, 0, small_pretraining(3, 1, 16, 1))};
  CHECK_THROWS_AS(Simulated(scenario), std::invalid_argument);
}

TEST_CASE("the horizon cuts what runs and what waits") {
  auto scenario =
      scenario_of(small_cluster(1), {all_reduce("long", 8, 0, 1e9, 1000000), all_reduce("late", 8, 2, 1e9, 1),
                                     all_reduce("never", 8, 100, 1e9, 1)});
  scenario.duration_s = 5;
  const Simulated s(scenario);
  CHECK(s.jobs[0].state == JobState::running);
  CHECK(s.jobs[0].end_s == 5);
  CHECK(s.jobs[0].states[State::dp_comm] == Approx(40));
  CHECK(s.jobs[1].state == JobState::waiting);
  CHECK(s.jobs[1].queue_s == Approx(3));
  CHECK(s.jobs[2].queue_s == 0);
  CHECK(s.card_seconds() == Approx(40));
}
