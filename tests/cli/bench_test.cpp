#include "cli/command_line.hpp"
#include "cli/scenarios.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim::cli::test;

namespace {

const char* const one_collective = R"(
version: 1
name: one
platform: clusters/h100-10240
jobs:
  - { name: ar, type: collective, operation: all_reduce, cards: 64, bytes: [1 MB], repeat: 1 }
)";

} // namespace

TEST_CASE("bench measures every scenario of a directory") {
  const ScratchDirectory scratch;
  scratch.write("b.yaml", one_collective);
  scratch.write("a.yaml", one_collective);
  scratch.write("notes.txt", "not a scenario");
  const auto answer = run_iccsim({"bench", scratch.path().string(), "--json"});
  INFO(answer.errors);
  REQUIRE(answer.status == 0);
  const auto rows = nlohmann::json::parse(answer.output)["benchmarks"];
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["name"] == "a");
  CHECK(rows[1]["name"] == "b");
  for (const auto& row : rows) {
    CHECK(row["wall_s"] > 0);
    CHECK(row["cpu_s"] > 0);
    CHECK(row["peak_bytes"] > 1e6);
    CHECK(row["met"] == true);
  }
}

TEST_CASE("bench shows what an invalid scenario says, and fails") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("bad.yaml", "version: 1\nname: bad\nplatfrom: clusters/h100-10240\njobs: []\n");
  const auto answer = run_iccsim({"bench", scratch.path().string()});
  CHECK(answer.status == 2); // of all that there is
  CHECK(answer.output.find("bad: invalid") != std::string::npos);
  CHECK(answer.output.find("bad.yaml:3:1: error: ") != std::string::npos);
  CHECK(answer.output.find("did you mean 'platform'?") != std::string::npos);
  const auto json = run_iccsim({"bench", scratch.path().string(), "--json"});
  CHECK(json.status == 2);
  const auto row = nlohmann::json::parse(json.output)["benchmarks"][0];
  CHECK(row["exit_status"] == 2);
  CHECK(row["met"] == false);
  CHECK(row["errors"].get<std::string>().find("bad.yaml:3:1: error: ") != std::string::npos);
}

TEST_CASE("bench names the expectations that were missed, and gives all in JSON") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("ar.yaml", std::string(one_collective) + R"(
expect:
  - { metric: jobs.ar.cards, value: 64, tolerance: 1 %, source: here }
  - { metric: jobs.ar.end_s, value: 9 s, tolerance: 2 %, source: here }
)");
  const auto answer = run_iccsim({"bench", file});
  CHECK(answer.status == 1);
  CHECK(answer.output.find("misses what it expects") != std::string::npos);
  CHECK(answer.output.find("jobs.ar.end_s: reported 9") != std::string::npos);
  CHECK(answer.output.find("tolerance 2.0%") != std::string::npos);
  CHECK(answer.output.find("jobs.ar.cards") == std::string::npos); // met
  const auto json = run_iccsim({"bench", file, "--json"});
  CHECK(json.status == 1);
  const auto outcomes = nlohmann::json::parse(json.output)["benchmarks"][0]["expectations"];
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0]["metric"] == "jobs.ar.cards");
  CHECK(outcomes[0]["reported"] == 64);
  CHECK(outcomes[0]["simulated"] == 64);
  CHECK(outcomes[0]["ok"] == true);
  CHECK(outcomes[1]["ok"] == false);
  CHECK(outcomes[1]["tolerance"] == Approx(0.02));
  CHECK(outcomes[1]["simulated"].get<double>() > 0);
  CHECK(outcomes[1]["simulated"].get<double>() < 1);
}

TEST_CASE("bench judges the growth of `scaling`, whose first size alone is held against what it expects") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("scaling.yaml", R"(
version: 1
name: scaling
platform: { nodes: [{ name: gpu, type: dgx-h100, count: 128 }], fabric: rail-3tier-nonblocking }
jobs:
  - name: pretrain
    type: pretraining
    model: llama2-7b
    cards: 1024
    parallelism: { tensor: 8, pipeline: 8, sequence: true }
    batch: { global: 256, micro: 1, sequence: 2048 }
    precision: bf16
    software: megatron-core
    length: { steps: 1 }
expect:
  - { metric: jobs.pretrain.cards, value: 1024, tolerance: 0.1 %, source: here }
)");
  const auto answer = run_iccsim({"bench", file, "--json"});
  INFO(answer.output << answer.errors);
  const auto tree = nlohmann::json::parse(answer.output);
  REQUIRE(tree["benchmarks"].size() == 8);
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(tree["benchmarks"][i]["met"] == true);
    CHECK(tree["benchmarks"][i].contains("expectations") == (i == 0));
  }
  const auto& growth = tree["scaling"];
  CHECK(growth["from_cards"] == 16384);
  CHECK(growth["to_cards"] == 131072);
  CHECK(growth["target_growth_per_doubling"] == 2);
  CHECK(growth["cpu_growth_per_doubling"].get<double>() > 0);
  CHECK(answer.status == (growth["met"] == true ? 0 : 1));
}

TEST_CASE("bench of what is not there, or holds nothing, is a mistake that is named") {
  const ScratchDirectory scratch;
  scratch.write("systems/notes.txt", "not a scenario");
  const auto says = [](const std::string& path, const std::string& text) {
    const auto answer = run_iccsim({"bench", path});
    INFO(answer.errors);
    return answer.status == 2 && answer.errors.find(text) != std::string::npos;
  };
  const std::string root = scratch.path().string();
  CHECK(says(root + "/systems", "holds no benchmark scenarios"));
  CHECK(says(root + "/system", "no such file or directory; did you mean '" + root + "/systems'?"));
  CHECK(says(root + "/system/", "did you mean '" + root + "/systems'?"));
  CHECK(says(root + "/nowhere/at/all", "no such file or directory"));
}
