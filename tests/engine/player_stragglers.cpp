// Classes of replicas beside one another: what a slow one costs the others.
#include "player_fakes.hpp"

#include "engine/job/replica_classes.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace iccsim;
using namespace iccsim::engine;
using namespace iccsim::engine::test;
using metrics::State;
using scenario::Schedule;

namespace {

/// One program for every class; `classes[c]` holds the stages of class c.
class PlayedClasses {
public:
  PlayedClasses(const workload::StepProgram& program, Schedule schedule, std::vector<std::vector<RankClass>> classes,
                double steps, bool fast_forward = false)
      : network(clock) {
    network.seconds.assign(31, 1.0);
    FakeShapes shapes;
    std::vector<PlayProgram> programs;
    std::vector<RankClass> lanes;
    for (const auto& stages : classes) {
      programs.push_back(compile(program, schedule, shapes));
      lanes.insert(lanes.end(), stages.begin(), stages.end());
    }
    PlayerHooks hooks;
    hooks.finished = [this] { end_s = clock.now(); };
    if (fast_forward) {
      hooks.quiet_until = [] { return never_s; };
    }
    player = std::make_unique<PretrainingPlayer>(clock, network, join(std::move(programs)), lanes,
                                                 StepLimit{steps, never_s}, hooks);
    player->start();
    clock.run();
    CHECK(clock.now() == end_s); // nothing is in flight when the job has ended
  }
  metrics::StateSeconds states() const { return player->states(end_s); }

  FakeClock clock;
  FakeNetwork network;
  std::unique_ptr<PretrainingPlayer> player;
  double end_s = -1;
};

std::vector<RankClass> equal_class(int stages, double cards, double slowdown = 1) {
  std::vector<RankClass> result;
  for (int s = 0; s < stages; ++s) {
    result.push_back({s, cards, slowdown, 0});
  }
  return result;
}

workload::StepProgram synchronized(int pipeline, int microbatches, double sync_s, bool overlap = false) {
  auto program = equal_stages(Schedule::one_f_one_b, pipeline, 1, microbatches, 1.0, 2.0);
  program.overlap_gradients = overlap;
  for (auto& stage : program.stages) {
    stage.sync[0].gradients = {data_call(sync_s)};
    stage.sync[0].buckets = overlap ? 4 : 1;
  }
  return program;
}

} // namespace

TEST_CASE("pure compute: a slow replica sets the step, and the others wait for it as straggler") {
  const double slowdown = GENERATE(1.3, 2.0);
  const auto program = equal_stages(Schedule::one_f_one_b, 1, 1, 4, 1.0, 2.0);
  const PlayedClasses played(program, Schedule::one_f_one_b, {equal_class(1, 7), equal_class(1, 1, slowdown)}, 5);
  const double lone_step_s = 12;
  CHECK(played.end_s == Approx(5 * lone_step_s * slowdown));
  CHECK(played.states()[State::straggler] == Approx(7 * 5 * lone_step_s * (slowdown - 1)));
  CHECK(played.states()[State::compute] == Approx(8 * 5 * lone_step_s / 2));
  CHECK(played.states()[State::bubble] == Approx(0).margin(1e-9));
  CHECK(played.states().total() == Approx(8 * played.end_s));
}

TEST_CASE("gradients are reduced when the slowest replica is ready") {
  const double sync_s = 2;
  const PlayedClasses played(synchronized(1, 4, sync_s), Schedule::one_f_one_b,
                             {equal_class(1, 6), equal_class(1, 2, 1.5)}, 3);
  CHECK(played.end_s == Approx(3 * (12 * 1.5 + sync_s)));
  CHECK(played.states()[State::straggler] == Approx(6 * 3 * 12 * 0.5));
  CHECK(played.states()[State::dp_comm] == Approx(8 * 3 * sync_s));
}

TEST_CASE("while a slower replica computes, the others wait for it, also if some gradients are in flight") {
  const PlayedClasses healthy(synchronized(1, 4, 0.1, true), Schedule::one_f_one_b, {equal_class(1, 8)}, 1);
  const PlayedClasses played(synchronized(1, 4, 0.1, true), Schedule::one_f_one_b,
                             {equal_class(1, 6), equal_class(1, 2, 1.5)}, 1);
  CHECK(played.states()[State::straggler] == Approx(6 * 12 * 0.5));
  CHECK(played.states()[State::dp_comm] == Approx(healthy.states()[State::dp_comm]));
}

TEST_CASE("equal classes are one class played several times") {
  const bool overlap = GENERATE(false, true);
  const auto program = synchronized(4, 8, 1.5, overlap);
  const PlayedClasses one(program, Schedule::one_f_one_b, {equal_class(4, 12)}, 3);
  const PlayedClasses three(program, Schedule::one_f_one_b, {equal_class(4, 3), equal_class(4, 4), equal_class(4, 5)},
                            3);
  CHECK(three.end_s == Approx(one.end_s).epsilon(1e-12));
  for (std::size_t s = 0; s < metrics::state_count; ++s) {
    const auto state = static_cast<State>(s);
    CHECK(three.states()[state] == Approx(one.states()[state]).margin(1e-9));
  }
}

TEST_CASE("a slow stage holds its own pipeline back, and that the other replicas") {
  const auto program = synchronized(2, 6, 1);
  std::vector<RankClass> slow = equal_class(2, 1);
  slow[1].slowdown = 1.5;
  const PlayedClasses played(program, Schedule::one_f_one_b, {equal_class(2, 3), slow}, 1);
  const double slow_pipeline_s = 6 * 4.5 + 3; // the slow stage works throughout, but for fill and drain
  CHECK(played.end_s == Approx(slow_pipeline_s + 1));
  const double healthy_pipeline_s = 7 * 3.0;
  // Each healthy stage waits for its slow counterpart; the last one, reduced first, also for the slow first stage to
  // end.
  CHECK(played.states()[State::straggler] == Approx(3 * (2 * (slow_pipeline_s - healthy_pipeline_s) + 1)));
  CHECK(played.states().total() == Approx(8 * played.end_s));
}

TEST_CASE("slow cards beside fast ones: the fast wait as straggler too") {
  const auto program = equal_stages(Schedule::one_f_one_b, 1, 1, 4, 1.0, 2.0);
  const double lag = 1 - (1 + 3 * 1.0 / 1.5) / 4; // one of four cards is slow by 1.5
  const PlayedClasses played(program, Schedule::one_f_one_b, {{{0, 4, 1.5, lag}}}, 2);
  CHECK(played.end_s == Approx(2 * 18));
  CHECK(played.states()[State::straggler] == Approx(3 * 2 * 6));
}

TEST_CASE("parameters sharded over replicas: every layer waits for the slowest") {
  auto program = equal_stages(Schedule::one_f_one_b, 1, 1, 2, 1.0, 2.0);
  const double hidden = GENERATE(0.0, 0.5, 1.0);
  for (auto* passes : {&program.stages[0].forward, &program.stages[0].backward}) {
    (*passes)[0].calls = {{workload::Communicator::shard, scenario::CollectiveOperation::all_gather, 0.5, 1, hidden}};
  }
  const PlayedClasses fast(program, Schedule::one_f_one_b, {equal_class(1, 4)}, 4);
  const PlayedClasses played(program, Schedule::one_f_one_b, {equal_class(1, 3), equal_class(1, 1, 1.4)}, 4);
  CHECK(played.end_s == Approx(fast.end_s + 4 * 6 * 0.4));
  CHECK(played.states().total() == Approx(4 * played.end_s));
}

TEST_CASE("fast-forward skips what stragglers repeat") {
  auto program = synchronized(2, 6, 1.5, true);
  program.overlap_parameters = GENERATE(false, true);
  for (auto& stage : program.stages) {
    stage.sync[0].parameters = {data_call(0.7)};
    stage.optimizer = {0, 0, 0, 0.4};
    stage.tied_embedding_bytes = 0.3; // all of them are waited for in every step
  }
  std::vector<RankClass> slow = equal_class(2, 1);
  slow[0].slowdown = 1.2;
  const std::vector<std::vector<RankClass>> classes = {equal_class(2, 5), slow, equal_class(2, 2, 1.1)};
  const PlayedClasses played(program, Schedule::one_f_one_b, classes, 30);
  const PlayedClasses skipped(program, Schedule::one_f_one_b, classes, 30, true);
  CHECK(skipped.end_s == Approx(played.end_s).epsilon(1e-9));
  for (std::size_t s = 0; s < metrics::state_count; ++s) {
    const auto state = static_cast<State>(s);
    CHECK(skipped.states()[state] == Approx(played.states()[state]).margin(1e-6));
  }
}

TEST_CASE("a message that ends during a blocking call does not repeat the call") {
  auto program = equal_stages(Schedule::gpipe, 2, 1, 2, 1.0, 1.0, 0.25);
  for (auto& stage : program.stages) {
    stage.forward[0].calls = {{workload::Communicator::tensor, scenario::CollectiveOperation::all_reduce, 0.5, 1, 0}};
  }
  program.stages[0].forward[0].compute = matrix_cost(0.1);
  const Played played(program, Schedule::gpipe, 1);
  // Stage 0 sends its first result while the call of its second micro-batch blocks it: two calls in all.
  CHECK(played.player->states(played.end_s)[State::tp_comm] == Approx(Played::cards_per_stage * 2 * 2 * 0.5));
}

TEST_CASE("replicas are classed by what is slow in them") {
  scenario::PretrainingSpec spec;
  spec.model.layers = 8;
  spec.parallelism.tensor = 2;
  spec.parallelism.pipeline = 4;
  spec.batch = {32, 1, 1024};
  const workload::Plan plan(spec, 64); // 8 replicas of 2 x 4
  const std::map<int, double> slow = {{4, 1.3}, {5, 1.3}, {6, 1.3}, {20, 1.3}};
  const ReplicaClasses classes(plan, [&](int rank) {
    const auto found = slow.find(rank);
    return RankHealth{found == slow.end() ? 1.0 : found->second, 0};
  });
  // All healthy; replica 2 slow on stage 0; replica 3 half slow there; replica 2 also on stage 1: half slow.
  REQUIRE(classes.size() == 3);
  double cards = 0;
  for (const RankClass& lane : classes.lanes()) {
    cards += lane.cards;
  }
  CHECK(cards == 64);
  CHECK(classes.class_of(0) == classes.class_of(2));
  CHECK(classes.class_of(4) != classes.class_of(6));
  CHECK(classes.class_of(20) == classes.class_of(4)); // rank 20 is stage 1 of replica 2
  const auto& both = classes.classes()[static_cast<std::size_t>(classes.class_of(4))];
  CHECK(both.stages[0].slowdown == 1.3);
  CHECK(both.stages[0].lag == 0);
  CHECK(both.stages[1].lag == Approx(1 - (1 + 1 / 1.3) / 2));
}
