// Slow cards and faults from the file to the summary.
#include "cli/command_line.hpp"
#include "cli/scenarios.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::cli::test;

TEST_CASE("a fault on a link that the cluster lacks is invalid input, whether run or checked") {
  const ScratchDirectory scratch;
  const auto file =
      scratch.write("fault.yaml", small_scenario + "faults:\n  - { link: gpu-1/nic99, at: 1 s, bandwidth: 50% }\n");
  for (const char* command : {"run", "check"}) {
    const auto answer = run_iccsim({command, file});
    CHECK(answer.status == 2);
    CHECK(answer.errors.find("fault.yaml:20:13: error: faults[0].link: the cluster has no link 'gpu-1/nic99'") !=
          std::string::npos);
    CHECK(answer.errors.find("such names go from gpu-0/nic0 to gpu-1/nic9") != std::string::npos);
  }
}

TEST_CASE("where no link's name is near, the message shows what names look like") {
  const ScratchDirectory scratch;
  const auto file =
      scratch.write("fault.yaml", small_scenario + "faults:\n  - { at: 1 s, bandwidth: 50%, link: spine-0 }\n");
  const auto answer = run_iccsim({"check", file});
  CHECK(answer.status == 2);
  CHECK(answer.errors.find("fault.yaml:20:38: error: faults[0].link: the cluster has no link 'spine-0'; expected a "
                           "name such as ") != std::string::npos);
  CHECK(answer.errors.find("gpu-0/nic0") != std::string::npos);
  CHECK(answer.errors.find("did you mean") == std::string::npos);
}

TEST_CASE("a link that is gone for a while: the run ends that much later") {
  const ScratchDirectory scratch;
  const auto file = scratch.write(
      "gone.yaml", small_scenario + "faults:\n  - { link: gpu-1/nic3, at: 1 ms, bandwidth: 0%, until: 1 h }\n");
  const auto answer = run_iccsim({"run", "-q", file});
  CHECK(answer.status == 0);
  CHECK(answer.output.find("done in 60.0 min") != std::string::npos);
}

TEST_CASE("the summary says how long cards wait for a slow one") {
  const ScratchDirectory scratch;
  const auto file =
      scratch.write("slow.yaml", small_scenario + "stragglers:\n  - { node: 1, card: 0, slowdown: 1.5 }\n");
  const auto answer = run_iccsim({"run", "-q", file});
  CHECK(answer.status == 0);
  CHECK(answer.output.find("waiting for a slower replica at a barrier") != std::string::npos);
}
