// Pipelines against the closed forms of their papers.
#include "player_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;
using scenario::Schedule;

TEST_CASE("a step of 1F1B or GPipe takes (m + p - 1) (F + B)") {
  const auto schedule = GENERATE(Schedule::one_f_one_b, Schedule::gpipe);
  const int p = GENERATE(1, 2, 4, 7);
  const int m = GENERATE(1, 3, 8, 16);
  const double forward = 1.0;
  const double backward = 2.5;
  const Played played(equal_stages(schedule, p, 1, m, forward, backward), schedule, 1);
  CHECK(played.end_s == Approx((m + p - 1) * (forward + backward)));
  CHECK(played.mean_card(State::bubble) == Approx((p - 1) * (forward + backward)).margin(1e-12));
  CHECK(played.mean_card(State::compute) == Approx(0.5 * m * (forward + backward)));
}

TEST_CASE("interleaving divides the bubble by the chunks (Narayanan et al. 2021)") {
  const int p = GENERATE(2, 4);
  const int v = GENERATE(2, 3);
  const int m = 4 * p;
  const Played played(equal_stages(Schedule::interleaved, p, v, m, 1.0, 2.0), Schedule::interleaved, 1);
  CHECK(played.end_s == Approx(3.0 * (m * v + p - 1)));
  CHECK(played.mean_card(State::bubble) / (3.0 * m * v) == Approx((p - 1) / double(v * m)));
}

TEST_CASE("zero-bubble H1 leaves (p - 1) (F + B - 2 W) of bubble (Qi et al. 2023)") {
  const int p = GENERATE(2, 4, 8);
  const int m = 3 * p;
  // Equal forward, input-gradient and weight-gradient times of 1 s: F + B + W - 2 W = 1 s a stage.
  const Played played(equal_stages(Schedule::zb_h1, p, 1, m, 1.0, 2.0), Schedule::zb_h1, 1);
  CHECK(played.end_s == Approx(3.0 * m + (p - 1)));
}

TEST_CASE("messages that overlap delay the fill and drain of the pipeline alone") {
  const int p = 4;
  const double message = 0.25;
  // One micro-batch: every hop of the way up and down is exposed.
  const Played one(equal_stages(Schedule::one_f_one_b, p, 1, 1, 1.0, 2.0, message), Schedule::one_f_one_b, 1);
  CHECK(one.end_s == Approx(p * 3.0 + 2 * (p - 1) * message));
  // Every stage sees each message coming once on its way, at the most.
  CHECK(one.mean_card(State::pp_comm) == Approx(2 * message * (p - 1) / p));
}

TEST_CASE("blocking messages hold the sender too") {
  auto program = equal_stages(Schedule::gpipe, 2, 1, 3, 1.0, 1.0, 0.25);
  program.overlap_pipeline = false;
  const Played played(program, Schedule::gpipe, 1);
  // Forwards: stage 0 sends each after computing it: 3 x 1.25, then stage 1 computes the last. Likewise backwards.
  CHECK(played.end_s == Approx(2 * (3 * 1.25 + 1.0)));
  program.overlap_pipeline = true;
  const Played overlapped(program, Schedule::gpipe, 1);
  CHECK(overlapped.end_s == Approx(2 * (3 * 1.0 + 0.25 + 1.0)));
}

TEST_CASE("both directions of dualpipe run, and its pairs hide communication") {
  const int p = 4;
  const int m = 16;
  auto program = equal_stages(Schedule::dualpipe, p, 2, m, 1.0, 2.0);
  const Played silent(program, Schedule::dualpipe, 1);
  const double busy = 3.0 * m;
  CHECK(silent.end_s >= busy);
  CHECK(silent.end_s <= busy + (p - 1) * 3.0);
  for (auto& stage : program.stages) {
    for (auto* passes : {&stage.forward, &stage.backward, &stage.backward_input}) {
      for (auto& task : *passes) {
        task.calls = {{workload::Communicator::expert, scenario::CollectiveOperation::all_to_all, 0.5, 1, 0}};
      }
    }
  }
  const Played talking(program, Schedule::dualpipe, 1);
  const double exposed_everywhere = silent.end_s + 0.5 * 2 * m;
  CHECK(talking.end_s < exposed_everywhere);
  CHECK(talking.mean_card(State::ep_comm) < 0.5 * 2 * m / 2);
}
