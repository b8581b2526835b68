#include "cli/command_line.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::cli::test;

TEST_CASE("list names every kind that scenarios can name") {
  struct Case {
    const char* kind;
    const char* name;
  };
  for (const auto& c :
       {Case{"chips", "a100-80g"}, Case{"nodes", "dgx-h100"}, Case{"fabrics", ""}, Case{"clusters", "h100-10240"},
        Case{"models", "gpt3-175b"}, Case{"software", "megatron-core"}}) {
    const auto answer = run_iccsim({"list", c.kind});
    INFO(c.kind);
    INFO(answer.errors);
    CHECK(answer.status == 0);
    CHECK(answer.output.find(c.name) != std::string::npos);
  }
}

TEST_CASE("list says what it can list") {
  const auto answer = run_iccsim({"list", "planets"});
  CHECK(answer.status == 2);
  CHECK(answer.errors.find("chips") != std::string::npos);
}
