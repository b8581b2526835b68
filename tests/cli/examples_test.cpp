// What the repository offers to run must run.
#include "cli/command_line.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::cli::test;

TEST_CASE("every example runs and meets what it expects") {
  std::size_t examples = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(ICCSIM_SOURCE_ROOT) / "scenarios" / "examples")) {
    if (entry.path().extension() != ".yaml") {
      continue;
    }
    ++examples;
    const auto answer = run_iccsim({"run", "-q", entry.path().string()});
    INFO(entry.path());
    INFO(answer.errors);
    CHECK(answer.status == 0);
    CHECK(answer.errors.empty());
  }
  CHECK(examples >= 7);
}
