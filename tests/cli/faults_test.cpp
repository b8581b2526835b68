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
    CHECK(answer.errors.find("fault.yaml:20:5: error: faults[0].link: the cluster has no link 'gpu-1/nic99'") !=
          std::string::npos);
    CHECK(answer.errors.find("did you mean 'gpu-1/nic") != std::string::npos);
  }
}

TEST_CASE("the summary says how long cards wait for a slow one") {
  const ScratchDirectory scratch;
  const auto file =
      scratch.write("slow.yaml", small_scenario + "stragglers:\n  - { node: 1, card: 0, slowdown: 1.5 }\n");
  const auto answer = run_iccsim({"run", "-q", file});
  CHECK(answer.status == 0);
  CHECK(answer.output.find("waiting for a slower replica at a barrier") != std::string::npos);
}
