#include "cli/command_line.hpp"
#include "cli/scenarios.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim::cli::test;
using nlohmann::json;

namespace {

double simulated_mfu() {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", small_scenario);
  return json::parse(run_iccsim({"run", file, "--json"}).output)["jobs"]["pretrain"]["mfu"];
}

} // namespace

TEST_CASE("verify runs every scenario with `expect` below a directory, and no other file") {
  const ScratchDirectory scratch;
  const std::string mfu = std::to_string(simulated_mfu());
  scratch.write("a/one.yaml", small_scenario_expecting(mfu));
  scratch.write("b/two.yaml", small_scenario_expecting(mfu, ", calibration: true"));
  scratch.write("b/none.yaml", small_scenario);
  scratch.write("b/model.yaml", "layers: 3\n");
  const auto answer = run_iccsim({"verify", scratch.path().string(), "--json"});
  INFO(answer.errors);
  CHECK(answer.status == 0);
  const auto tree = json::parse(answer.output);
  REQUIRE(tree["rows"].size() == 2);
  CHECK(tree["rows"][0]["chip"] == "a100-80g");
  CHECK(tree["rows"][0]["software"] == "megatron-core");
  CHECK(tree["rows"][1]["calibration"] == true);
  CHECK(tree["absolute_error"]["total"]["predictions"]["rows"] == 1);
}

TEST_CASE("verify exits with 1 when a figure is off, and prints and writes which") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("off.yaml", small_scenario_expecting(std::to_string(3 * simulated_mfu())));
  const auto junit = scratch.path() / "junit.xml";
  const auto answer = run_iccsim({"verify", file, "--junit", junit.string()});
  CHECK(answer.status == 1);
  CHECK(answer.output.find("a paper") != std::string::npos);
  CHECK(answer.output.find("MISS") != std::string::npos);
  CHECK(read_text(junit).find("failures=\"1\"") != std::string::npos);
}

TEST_CASE("verify reports a file that cannot be read beside those that can") {
  const ScratchDirectory scratch;
  scratch.write("bad.yaml", small_scenario_expecting("0.5") + "unknown_key: 1\n");
  scratch.write("good.yaml", small_scenario_expecting(std::to_string(simulated_mfu())));
  const auto answer = run_iccsim({"verify", scratch.path().string(), "--json"});
  CHECK(answer.status == 2);
  const auto tree = json::parse(answer.output);
  REQUIRE(tree["rows"].size() == 2);
  CHECK(tree["rows"][0]["failure"].get<std::string>().find("unknown_key") != std::string::npos);
  CHECK(tree["rows"][1]["pass"] == true);
}

TEST_CASE("verify refuses paths that hold nothing to verify") {
  const ScratchDirectory scratch;
  CHECK(run_iccsim({"verify", scratch.path().string()}).status == 2);
  CHECK(run_iccsim({"verify", (scratch.path() / "none").string()}).status == 2);
  const auto answer = run_iccsim({"verify", scratch.write("s.yaml", small_scenario)});
  CHECK(answer.status == 2);
}
