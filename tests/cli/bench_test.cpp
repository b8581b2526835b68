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

TEST_CASE("bench shows a scenario that fails, and fails") {
  const ScratchDirectory scratch;
  scratch.write("bad.yaml", "version: 1\nname: bad\n");
  const auto answer = run_iccsim({"bench", scratch.path().string()});
  CHECK(answer.status == 1);
  CHECK(answer.output.find("failed with status 2") != std::string::npos);
}

TEST_CASE("bench of a directory without scenarios is a mistake") {
  const ScratchDirectory scratch;
  CHECK(run_iccsim({"bench", scratch.path().string()}).status == 2);
  CHECK(run_iccsim({"bench", (scratch.path() / "nowhere").string()}).status == 2);
}
