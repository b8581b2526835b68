// Names, bases and paths.
#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace iccsim::scenario;
using namespace iccsim::scenario::test;

TEST_CASE("A platform is a name, with or without its folder") {
  for (const char* name : {"a100-1568", "clusters/a100-1568", "platforms/clusters/a100-1568"}) {
    Parts parts;
    parts.platform = name;
    const Scenario scenario = read_good(pretraining(parts));
    CHECK(scenario.platform.name == "a100-1568");
    CHECK(scenario.platform.fabric.oversubscription == 2);
    CHECK(scenario.platform.storage.size() == 1);
  }
}

TEST_CASE("base starts from what a name leads to") {
  Parts parts;
  parts.platform =
      "{ nodes: [ { type: { base: dgx-a100-80g, name: fast, nics: [ { count: 8, bandwidth: 400 Gbps } ],\n"
      "  scale_up: { latency: 1 us }, chip: { memory: 40 GB }, pcie: [] }, count: 16 } ], fabric: rail-2tier }";
  const NodeSpec node = read_good(pretraining(parts)).platform.pools[0].node;
  CHECK(node.name == "fast");
  CHECK(node.nics.size() == 8);                   // lists are replaced
  CHECK(node.scale_up.latency_s == Approx(1e-6)); // mappings are merged
  CHECK(node.scale_up.bytes_per_s == 300e9);
  CHECK(node.chip.name == "a100-80g"); // a mapping over a name starts from the name
  CHECK(node.chip.memory_bytes == 40e9);
  CHECK(node.chip.memory_bytes_per_s == 2039e9);
}

TEST_CASE("A library file may have a base") {
  Diagnostics diagnostics;
  const auto node = read_node("dgx-h100", library(), diagnostics);
  REQUIRE(node);
  CHECK(node->name == "dgx-h100");
  CHECK(node->chip.name == "h100");
  CHECK(node->scale_up.bytes_per_s == 450e9);
  CHECK(node->scale_up.kind == ScaleUpKind::switched);
  CHECK(node->nics.size() == 5);
}

TEST_CASE("A model of the file hides the library's, and may start from it") {
  Parts parts;
  parts.top = "models: { gpt3-175b: { base: gpt3-175b, layers: 48 } }\n";
  const ModelSpec model = pretraining_of(read_good(pretraining(parts))).model;
  CHECK(model.layers == 48);
  CHECK(model.hidden == 12288);
  CHECK(model.name == "gpt3-175b");
}

TEST_CASE("A path to a file is relative to the file that names it") {
  const TemporaryFile model("layers: 8\nhidden: 1024\nheads: 16\nvocabulary: 32000\n");
  Parts parts;
  parts.model = model.path().filename().string();
  CHECK(pretraining_of(read_good(pretraining(parts))).model.name == model.path().stem().string());
}

TEST_CASE("A mistake in a library file is reported there, once") {
  Parts parts;
  parts.platform =
      "{ nodes: [ { name: a, type: broken, count: 8 }, { name: b, type: broken, count: 8 } ], fabric: rail-2tier }";
  const Outcome outcome = read(pretraining(parts));
  REQUIRE(outcome.messages.size() == 1);
  CHECK(outcome.messages[0].find("broken.yaml:4:8: error: cards: 'eight' is not a number") != std::string::npos);
}

TEST_CASE("The library lists its names") {
  CHECK(library().names("chips") == std::vector<std::string>{"a100-80g", "h100"});
  CHECK(library().names("models").size() == 4);
  CHECK(library().names("spoons").empty());
  CHECK(Library{"/nowhere"}.names("chips").empty());
}

TEST_CASE("Single library files can be read, or say what is wrong") {
  Diagnostics diagnostics;
  CHECK(read_chip("h100", library(), diagnostics)->peak_flops.count(Precision::fp8) == 1);
  CHECK(read_software("megatron-core", library(), diagnostics)->name == "megatron-core");
  CHECK(read_model("mixtral-8x7b", library(), diagnostics)->moe.top_k == 2);
  CHECK(read_cluster("a100-1568", library(), diagnostics)->pools.size() == 1);
  CHECK(diagnostics.empty());
  CHECK_FALSE(read_chip("h1000", library(), diagnostics));
  CHECK(diagnostics.to_string() == "chips: error: 'h1000' leads to no chip; expected a name from platforms/chips/, a "
                                   "path to a .yaml file or a mapping; did you mean 'h100'?\n");
}

TEST_CASE("The environment names the library") {
  setenv("ICCSIM_LIBRARY", "/some/where", 1);
  CHECK(Library::locate().root == "/some/where");
  unsetenv("ICCSIM_LIBRARY");
}
