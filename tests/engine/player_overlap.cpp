// What overlap hides, to the second.
#include "player_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine::test;
using metrics::State;
using scenario::Schedule;
using workload::Communicator;

namespace {

workload::StepProgram one_stage(double forward_s, double backward_s) {
  return equal_stages(Schedule::one_f_one_b, 1, 1, 1, forward_s, backward_s);
}

} // namespace

TEST_CASE("gradients that overlap expose their last bucket alone") {
  auto program = one_stage(1.0, 4.0);
  program.stages[0].sync[0].gradients = {data_call(2.0)};
  program.stages[0].sync[0].buckets = 4;

  const Played exposed(program, Schedule::one_f_one_b, 1);
  CHECK(exposed.end_s == Approx(5.0 + 2.0));
  CHECK(exposed.mean_card(State::dp_comm) == Approx(2.0));

  program.overlap_gradients = true;
  const Played hidden(program, Schedule::one_f_one_b, 1);
  CHECK(hidden.end_s == Approx(5.0 + 0.5));
  CHECK(hidden.mean_card(State::dp_comm) == Approx(0.5));
}

TEST_CASE("gradients slower than the backward queue behind one another") {
  auto program = one_stage(1.0, 4.0);
  program.overlap_gradients = true;
  program.stages[0].sync[0].gradients = {data_call(8.0)};
  program.stages[0].sync[0].buckets = 4;
  const Played played(program, Schedule::one_f_one_b, 1);
  CHECK(played.end_s == Approx(1.0 + 1.0 + 8.0)); // the first bucket is there after a quarter of the backward
}

TEST_CASE("compute beneath data-parallel traffic stretches by the overlap slowdown") {
  auto program = one_stage(1.0, 4.0);
  program.overlap_gradients = true;
  program.overlap_slowdown = 1.25;
  program.stages[0].sync[0].gradients = {data_call(2.0)};
  program.stages[0].sync[0].buckets = 4;
  const Played played(program, Schedule::one_f_one_b, 1);
  // Each later quarter: 0.5 s of traffic do 0.4 s of compute, the other 0.6 s run at full pace: 1.1 s.
  CHECK(played.end_s == Approx(1.0 + 1.0 + 3 * 1.1 + 0.5));
  CHECK(played.mean_card(State::compute) == Approx(0.5 * 5.0));
  CHECK(played.mean_card(State::kernel) == Approx(0.5 * 5.0 + 3 * 0.1));
}

TEST_CASE("gathered parameters: exposed, or beneath the next forward but for the first bucket") {
  auto program = one_stage(4.0, 4.0);
  program.stages[0].sync[0].parameters = {data_call(2.0)};
  program.stages[0].sync[0].buckets = 4;
  const Played exposed(program, Schedule::one_f_one_b, 3);
  CHECK(exposed.end_s == Approx(3 * (8.0 + 2.0)));

  program.overlap_parameters = true;
  const Played hidden(program, Schedule::one_f_one_b, 3);
  CHECK(hidden.end_s == Approx(8.0 + 2 * 8.5)); // nothing to gather before the first step, nor after the last
  CHECK(hidden.mean_card(State::dp_comm) == Approx(2 * 0.5));
}

TEST_CASE("a task's calls: the hidden share runs beneath its compute, the rest after it") {
  auto program = one_stage(2.0, 2.0);
  program.stages[0].forward[0].calls = {{Communicator::tensor, scenario::CollectiveOperation::all_reduce, 1.0, 4, 0.75},
                                        {Communicator::context, scenario::CollectiveOperation::send_recv, 0.5, 1, 0}};
  const Played played(program, Schedule::one_f_one_b, 1);
  CHECK(played.end_s == Approx(3.0 + 1.0 + 0.5 + 2.0));
  CHECK(played.mean_card(State::tp_comm) == Approx(1.0 + 1.0));
  CHECK(played.mean_card(State::cp_comm) == Approx(0.5));
}

TEST_CASE("no optimizer starts before every stage has reduced its gradients") {
  auto program = equal_stages(Schedule::one_f_one_b, 2, 1, 1, 1.0, 1.0);
  program.stages[0].sync[0].gradients = {data_call(0.5)};
  program.stages[1].sync[0].gradients = {data_call(3.0)};
  program.stages[0].optimizer = {0, 0, 0, 0.25};
  program.stages[1].optimizer = {0, 0, 0, 0.25};
  program.stages[0].step_overhead_s = program.stages[1].step_overhead_s = 0.125;
  const Played played(program, Schedule::one_f_one_b, 1);
  // Stage 1 computes until 3 and reduces until 6; stage 0 computes until 4, reduces until 4.5 and waits.
  CHECK(played.end_s == Approx(6.0 + 0.25 + 0.125));
  CHECK(played.mean_card(State::dp_comm) == Approx((2.0 + 3.0) / 2));
  CHECK(played.mean_card(State::bubble) == Approx((2.0 + 1.0) / 2));
  CHECK(played.mean_card(State::memory_bound) == Approx(0.25));
  CHECK(played.mean_card(State::kernel) == Approx(0.5 * 2.0 + 0.125));
}

TEST_CASE("waiting at the gradient barrier is bubble while another stage computes") {
  auto program = equal_stages(Schedule::one_f_one_b, 2, 1, 1, 1.0, 1.0);
  // Stage 0 is the last to compute; stage 1 has nothing to reduce.
  const Played played(program, Schedule::one_f_one_b, 1);
  CHECK(played.end_s == Approx(4.0));
  CHECK(played.mean_card(State::dp_comm) == Approx(0.0).margin(1e-12));
  CHECK(played.mean_card(State::bubble) == Approx(2.0));
}

TEST_CASE("tied embeddings are summed when both ends have reduced") {
  auto program = equal_stages(Schedule::one_f_one_b, 3, 1, 1, 1.0, 1.0);
  for (auto& stage : program.stages) {
    stage.tied_embedding_bytes = 0.75;
  }
  const Played played(program, Schedule::one_f_one_b, 2);
  CHECK(played.end_s == Approx(2 * (6.0 + 0.75)));
  CHECK(played.mean_card(State::dp_comm) == Approx(2 * 0.75));
}
