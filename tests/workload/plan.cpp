#include "iccsim/workload/plan.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace iccsim::scenario;
using namespace iccsim::workload;

namespace {

PretrainingSpec job(int layers, int tensor, int pipeline) {
  PretrainingSpec spec;
  spec.model.layers = layers;
  spec.model.hidden = 1024;
  spec.model.heads = 16;
  spec.model.vocabulary = 1000;
  spec.parallelism.tensor = tensor;
  spec.parallelism.pipeline = pipeline;
  spec.batch = {64, 1, 128};
  return spec;
}

std::vector<int> layers_by_stage(const Plan& plan) {
  std::vector<int> counts;
  for (int chunk = 0; chunk < plan.chunks(); ++chunk) {
    for (int stage = 0; stage < plan.pipeline(); ++stage) {
      counts.push_back(plan.chunk(stage, chunk).layers);
    }
  }
  return counts;
}

using Groups = std::vector<std::vector<int>>;

constexpr Communicator partitions[] = {
    Communicator::tensor,       Communicator::context,       Communicator::expert, Communicator::data,
    Communicator::expert_data,  Communicator::expert_tensor, Communicator::shard,  Communicator::replica,
    Communicator::expert_shard, Communicator::expert_replica};

} // namespace

TEST_CASE("degrees and micro-batches") {
  PretrainingSpec spec = job(32, 4, 2);
  spec.parallelism.context = 2;
  spec.batch = {96, 2, 128};
  const Plan plan(spec, 64);
  CHECK(plan.data() == 4);
  CHECK(plan.microbatches() == 12);
  CHECK(plan.stage_of(31) == 0);
  CHECK(plan.stage_of(32) == 1);
}

TEST_CASE("layers that divide are spread evenly") {
  PretrainingSpec spec = job(24, 1, 4);
  spec.parallelism.virtual_stages = 3;
  spec.parallelism.schedule = Schedule::interleaved;
  const Plan plan(spec, 4);
  CHECK(layers_by_stage(plan) == std::vector<int>(12, 2));
  CHECK(plan.chunk(1, 2).first_layer == 2 * (2 * 4 + 1)); // virtual stage c p + s
  CHECK(plan.chunk(0, 0).embedding);
  CHECK_FALSE(plan.chunk(0, 1).embedding);
  CHECK(plan.chunk(3, 2).head);
  CHECK_FALSE(plan.chunk(3, 1).head);
}

TEST_CASE("layers that do not divide go to inner stages first") {
  CHECK(layers_by_stage(Plan(job(18, 1, 4), 4)) == std::vector<int>{4, 5, 5, 4});
  CHECK(layers_by_stage(Plan(job(19, 1, 4), 4)) == std::vector<int>{5, 5, 5, 4});
  CHECK(layers_by_stage(Plan(job(3, 1, 2), 2)) == std::vector<int>{2, 1});
}

TEST_CASE("Llama 3 405B: one layer fewer at both ends") {
  PretrainingSpec spec = job(126, 1, 16);
  spec.parallelism.first_stage_layers = spec.parallelism.last_stage_layers = 7;
  const std::vector<int> layers = layers_by_stage(Plan(spec, 16));
  CHECK(layers.front() == 7);
  CHECK(layers.back() == 7);
  CHECK(std::set<int>(layers.begin() + 1, layers.end() - 1) == std::set<int>{8});
}

TEST_CASE("given layers of a stage are shared by its chunks, the first and last virtual stage getting fewer") {
  PretrainingSpec spec = job(30, 1, 4);
  spec.parallelism.virtual_stages = 2;
  spec.parallelism.schedule = Schedule::interleaved;
  spec.parallelism.first_stage_layers = spec.parallelism.last_stage_layers = 7;
  CHECK(layers_by_stage(Plan(spec, 4)) == std::vector<int>{3, 4, 4, 4, 4, 4, 4, 3});
}

TEST_CASE("Llama 3 405B in 128 virtual stages: the embedding and the head are alone in theirs") {
  PretrainingSpec spec = job(126, 1, 16);
  spec.parallelism.virtual_stages = 8;
  spec.parallelism.schedule = Schedule::interleaved;
  REQUIRE(plan_problem(spec, 16) == "");
  std::vector<int> expected(128, 1);
  expected.front() = expected.back() = 0;
  CHECK(layers_by_stage(Plan(spec, 16)) == expected);
}

TEST_CASE("dualpipe ranks hold the layers of both directions") {
  PretrainingSpec spec = job(16, 1, 4);
  spec.parallelism.schedule = Schedule::dualpipe;
  const Plan plan(spec, 4);
  CHECK(plan.chunks() == 2);
  for (int stage = 0; stage < 4; ++stage) {
    CHECK(plan.chunk(stage, 0).first_layer == 4 * stage);
    CHECK(plan.chunk(stage, 1).first_layer == 4 * (3 - stage));
  }
  CHECK(plan.chunk(3, 1).embedding);
  CHECK(plan.chunk(0, 1).head);
}

TEST_CASE("Megatron-LM's example: 16 ranks, tensor 2, pipeline 4") { // the docstring of its parallel_state
  const Plan plan(job(4, 2, 4), 16);
  CHECK(plan.groups(Communicator::tensor, 0) == Groups{{0, 1}, {2, 3}});
  CHECK(plan.groups(Communicator::data, 0) == Groups{{0, 2}, {1, 3}});
  CHECK(plan.groups(Communicator::data, 3) == Groups{{12, 14}, {13, 15}});
  CHECK(plan.groups(Communicator::pipeline, 0) == Groups{{0, 4}, {1, 5}, {2, 6}, {3, 7}});
  CHECK(plan.groups(Communicator::pipeline, 3).front() == std::vector<int>{12, 0});
  CHECK(plan.groups(Communicator::embedding, 1) == Groups{{0, 12}, {1, 13}, {2, 14}, {3, 15}});
}

TEST_CASE("context ranks are next to tensor ranks, and share gradients with data ranks") {
  PretrainingSpec spec = job(4, 2, 1);
  spec.parallelism.context = 2;
  const Plan plan(spec, 8);
  CHECK(plan.groups(Communicator::context, 0) == Groups{{0, 2}, {1, 3}, {4, 6}, {5, 7}});
  CHECK(plan.groups(Communicator::data, 0) == Groups{{0, 2, 4, 6}, {1, 3, 5, 7}});
}

TEST_CASE("experts are spread over consecutive ranks of a stage") {
  PretrainingSpec spec = job(4, 2, 1);
  spec.model.moe.experts = 8;
  spec.parallelism.expert = 4;
  spec.parallelism.expert_tensor = 1;
  const Plan plan(spec, 16);
  CHECK(plan.expert_data() == 4);
  CHECK(plan.groups(Communicator::expert, 0)[1] == std::vector<int>{4, 5, 6, 7});
  CHECK(plan.groups(Communicator::expert_data, 0)[1] == std::vector<int>{1, 5, 9, 13});
  spec.parallelism.expert_tensor = 0; // as tensor
  CHECK(Plan(spec, 16).groups(Communicator::expert, 0)[1] == std::vector<int>{1, 3, 5, 7});
}

TEST_CASE("hybrid sharding: neighbours hold a copy together") {
  PretrainingSpec spec = job(4, 1, 1);
  spec.parallelism.sharding = Sharding::optimizer;
  spec.parallelism.sharding_group = 4;
  const Plan plan(spec, 8);
  CHECK(plan.shard() == 4);
  CHECK(plan.groups(Communicator::shard, 0) == Groups{{0, 1, 2, 3}, {4, 5, 6, 7}});
  CHECK(plan.groups(Communicator::replica, 0) == Groups{{0, 4}, {1, 5}, {2, 6}, {3, 7}});
  spec.parallelism.sharding = Sharding::none;
  CHECK(Plan(spec, 8).shard() == 1);
}

TEST_CASE("the groups of a communicator partition their stage") {
  for (int tensor : {1, 2, 4}) {
    for (int context : {1, 2}) {
      for (int expert : {1, 4, 8}) {
        for (int group : {0, 2}) {
          PretrainingSpec spec = job(8, tensor, 2);
          spec.model.moe.experts = 8;
          spec.parallelism.context = context;
          spec.parallelism.expert = expert;
          spec.parallelism.expert_tensor = 1;
          spec.parallelism.sharding = Sharding::parameters;
          spec.parallelism.sharding_group = group;
          const Plan plan(spec, 128);
          for (Communicator c : partitions) {
            INFO(iccsim::name_of(c) << " t " << tensor << " c " << context << " e " << expert);
            std::set<int> seen;
            const Groups groups = plan.groups(c, 1);
            for (const auto& g : groups) {
              CHECK(g.size() == groups.front().size());
              seen.insert(g.begin(), g.end());
            }
            CHECK(seen.size() == 64);
            CHECK(groups.size() * groups.front().size() == 64);
            CHECK(*seen.begin() == 64);
            CHECK(*seen.rbegin() == 127);
          }
        }
      }
    }
  }
}

TEST_CASE("what cannot be planned is said in a sentence") {
  CHECK(plan_problem(job(32, 4, 2), 64) == "");
  CHECK_THAT(plan_problem(job(32, 4, 2), 60), Catch::Contains("do not divide by tensor x pipeline x context"));
  CHECK_THAT(plan_problem(job(3, 1, 4), 4), Catch::Contains("3 layers do not fill 4"));
  CHECK_THAT(plan_problem(job(32, 3, 1), 3), Catch::Contains("heads"));
  PretrainingSpec spec = job(32, 1, 1);
  spec.batch.global = 65;
  CHECK_THAT(plan_problem(spec, 2), Catch::Contains("global batch of 65"));
  spec = job(32, 1, 4);
  spec.parallelism.schedule = Schedule::dualpipe;
  spec.batch.global = 6;
  CHECK_THAT(plan_problem(spec, 4), Catch::Contains("dualpipe"));
  spec = job(32, 1, 1);
  spec.model.moe.experts = 6;
  spec.parallelism.expert = 4;
  CHECK_THAT(plan_problem(spec, 4), Catch::Contains("6 experts"));
}

TEST_CASE("a plan in one line") {
  PretrainingSpec spec = job(32, 4, 2);
  spec.parallelism.sequence = true;
  spec.parallelism.sharding = Sharding::optimizer;
  CHECK(Plan(spec, 64).describe() ==
        "TP 4 x PP 2 x DP 8, 1f1b, sequence parallel, optimizer sharded over 8, 8 micro-batches of 1");
}
