// --set path=value
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;
using namespace iccsim::scenario::test;

namespace {

Scenario with(const Override& override_) {
  return read_good(pretraining(), {override_});
}

std::string mistake(const Override& override_) {
  const Outcome outcome = read(pretraining(), {override_});
  CAPTURE(override_);
  REQUIRE(outcome.messages.size() == 1);
  return outcome.messages[0];
}

} // namespace

TEST_CASE("An override replaces a value") {
  CHECK(pretraining_of(with({"jobs.pretrain.batch.global", "512"})).batch.global == 512);
  CHECK(pretraining_of(with({"jobs[0].batch.global", "512"})).batch.global == 512);
  CHECK(with({"seed", "18446744073709551615"}).seed == 18446744073709551615u);
  CHECK(pretraining_of(with({"jobs.pretrain.batch", "{ global: 128, sequence: 4096 }"})).batch.sequence == 4096);
  CHECK(with({"platform.nodes.gpu.count", "32"}).platform.pools[0].count == 32);
}

TEST_CASE("An override may give a key that the file leaves out") {
  CHECK(pretraining_of(with({"jobs.pretrain.recompute", "full"})).recompute == Recompute::full);
  CHECK(pretraining_of(with({"jobs.pretrain.overlap.tensor", "true"})).overlap.tensor == true);
  CHECK(with({"duration", "2 h"}).duration_s == 7200.0);
}

TEST_CASE("An override goes on in what a name leads to") {
  CHECK(with({"platform.fabric.oversubscription", "4"}).platform.fabric.oversubscription == 4);
  CHECK(pretraining_of(with({"jobs.pretrain.model.layers", "48"})).model.layers == 48);
  CHECK(pretraining_of(with({"jobs.pretrain.model.layers", "48"})).model.name == "gpt3-175b");
  const Scenario scenario = with({"platform.nodes.gpu.type.chip.memory", "40 GB"});
  CHECK(scenario.platform.pools[0].node.chip.memory_bytes == 40e9);
  CHECK(scenario.platform.pools[0].node.chip.name == "a100-80g");
  CHECK(scenario.platform.pools[0].node.name == "dgx-a100-80g");
  Parts parts;
  parts.platform = "clusters/a100-1568";
  CHECK(read_good(pretraining(parts), {{"platform.nodes.gpu.count", "20"}}).platform.pools[0].count == 20);
}

TEST_CASE("Names with dots are found whole") {
  Parts parts;
  parts.top = "models: { qwen2.5: { base: llama3-70b }, qwen2: { base: llama3-70b } }\n";
  parts.model = "qwen2.5";
  CHECK(pretraining_of(read_good(pretraining(parts), {{"models.qwen2.5.layers", "40"}})).model.layers == 40);
}

TEST_CASE("Later overrides see earlier ones") {
  const Scenario scenario = read_good(pretraining(), {{"jobs.pretrain.name", "again"}, {"jobs.again.cards", "64"}});
  CHECK(scenario.jobs[0].cards == 64);
}

TEST_CASE("A path that leads nowhere is a mistake at --set") {
  CHECK(mistake({"jobs.pretrain.batch.globl", "512"}) ==
        "--set: error: jobs[0].batch.globl: unknown key 'globl'; did you mean 'global'?");
  CHECK(mistake({"jobs.pretran.cards", "64"}) == "--set: error: jobs.pretran.cards: 'jobs' has no element named "
                                                 "'pretran'; expected pretrain, or an index: [0]; did you mean "
                                                 "'pretrain'?");
  CHECK(mistake({"jobs[1].cards", "64"}) == "--set: error: jobs[1].cards: 'jobs' has 1 elements; expected [0] to [0]");
  CHECK(mistake({"jobs[x].cards", "64"}) == "--set: error: jobs[x].cards: 'jobs' has 1 elements; expected [0] to [0]");
  CHECK(mistake({"jobs.pretrain.cards.x", "64"}) ==
        "--set: error: jobs.pretrain.cards.x: 'jobs.pretrain.cards' holds a single value; expected a path that ends "
        "there");
  CHECK(mistake({"", "64"}) == "--set: error: the path is empty; expected path=value");
}

TEST_CASE("A wrong value of an override is a mistake at --set") {
  CHECK(mistake({"jobs.pretrain.batch.global", "many"}) == "--set: error: jobs[0].batch.global: 'many' is not a "
                                                           "number; expected a whole number between 1 and 1000000000");
  CHECK(mistake({"jobs.pretrain.batch", "{ global: 64"}) ==
        "--set: error: jobs.pretrain.batch: the value: a { has no matching } or a comma is missing");
  CHECK(mistake({"jobs.pretrain.cards", ""}) ==
        "--set: error: jobs[0].cards: the value is missing; expected a whole number between 1 and 100000000");
}
