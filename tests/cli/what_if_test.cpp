// The second run with a faster bottleneck, and --scale-resource.
#include "cli/command_line.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim::cli::test;
using nlohmann::json;

namespace {

/// 16 cards want 16 x 100 MB / 100 ms = 16 GB/s, the media give 4 and the server's NIC 25 x 0.94.
const std::string input_bound = R"(version: 1
name: input-bound
platform:
  nodes: [{ name: gpu, type: dgx-a100-80g, count: 2 }]
  fabric: { type: rail_optimized }
  storage: [{ name: pfs, servers: 1, read: 4 GB/s, write: 4 GB/s, nic: 200 Gbps }]
jobs:
  - { name: train, type: training, cards: 16, compute_per_step: 100 ms, batch: { micro: 1 }, length: { steps: 200 },
      dataset: { storage: pfs, bytes_per_sample: 100 MB } }
)";

json run_json(const std::vector<std::string>& more) {
  const ScratchDirectory scratch;
  std::vector<std::string> arguments = {"run", scratch.write("s.yaml", input_bound), "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto answer = run_iccsim(arguments);
  INFO(answer.errors);
  REQUIRE(answer.status == 0);
  return json::parse(answer.output);
}

} // namespace

TEST_CASE("a run whose job waits for its storage says what 1.5x of it would bring") {
  const json tree = run_json({});
  const double au = tree["jobs"]["train"]["au"];
  CHECK(au == Approx(4.0 / 16.0).epsilon(0.02));
  REQUIRE(tree.contains("what_if"));
  CHECK(tree["what_if"]["kinds"] == json({"storage_media"}));
  CHECK(tree["what_if"]["factor"] == 1.5);
  CHECK(tree["what_if"]["jobs"]["train"]["au"]["before"] == au);
  CHECK(tree["what_if"]["jobs"]["train"]["au"]["after"].get<double>() == Approx(6.0 / 16.0).epsilon(0.02));
  CHECK(tree["what_if"]["next"]["kinds"] == json({"storage_media"}));
}

TEST_CASE("run --no-what-if leaves the second run out and changes nothing else") {
  json with = run_json({}), without = run_json({"--no-what-if"});
  CHECK_FALSE(without.contains("what_if"));
  with.erase("what_if");
  for (json* tree : {&with, &without}) {
    tree->erase("wall_s");
  }
  CHECK(with == without);
}

TEST_CASE("run --scale-resource answers for any kind, and says what it scaled") {
  const json faster = run_json({"--scale-resource", "storage_media=8", "--no-what-if"});
  CHECK(faster["jobs"]["train"]["au"].get<double>() > 0.98);
  CHECK(faster["resource_scale"]["storage_media"] == 8.0);
  const json slower = run_json({"--scale-resource", "storage_nic=0.05", "--no-what-if"});
  CHECK(slower["jobs"]["train"]["au"].get<double>() < 0.1);
}

TEST_CASE("run --scale-resource refuses what is no kind and no factor") {
  const ScratchDirectory scratch;
  const auto file = scratch.write("s.yaml", input_bound);
  const std::pair<const char*, const char*> rows[] = {{"pcie_uplnk=1.5", "did you mean 'pcie_uplink'?"},
                                                      {"streams=2", "no kind of resource is called 'streams'"},
                                                      {"nvme", "KIND=FACTOR"},
                                                      {"nvme=fast", "KIND=FACTOR"},
                                                      {"nvme=0", "KIND=FACTOR"},
                                                      {"nvme=-1", "KIND=FACTOR"},
                                                      {"nvme=inf", "KIND=FACTOR"}};
  for (const auto& [option, message] : rows) {
    const auto answer = run_iccsim({"run", file, "--scale-resource", option});
    INFO(option << ": " << answer.errors);
    CHECK(answer.status == 2);
    CHECK(answer.errors.find(message) != std::string::npos);
    CHECK(answer.output.empty());
  }
}
