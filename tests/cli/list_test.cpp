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

TEST_CASE("list keys describes the language, below a path alone where one is given") {
  const auto all = run_iccsim({"list", "keys"});
  CHECK(all.status == 0);
  for (const char* key : {"platform.storage[].read", "jobs[].checkpoint.levels[].to", "jobs[].requests.arrival.rate",
                          "jobs[].disaggregation.prefill.engine.max_batch"}) {
    INFO(key);
    CHECK(all.output.find(key) != std::string::npos);
  }
  const auto dataset = run_iccsim({"list", "keys", "jobs[].dataset"});
  CHECK(dataset.status == 0);
  CHECK(dataset.output.find("jobs[].dataset.prefetch") != std::string::npos);
  CHECK(dataset.output.find("jobs[].checkpoint") == std::string::npos);
  const auto nothing = run_iccsim({"list", "keys", "jobs[].datase"});
  CHECK(nothing.status == 2);
  CHECK(nothing.errors.find("no key of the language") != std::string::npos);
  CHECK(run_iccsim({"list", "chips", "a100"}).status == 2);
}

TEST_CASE("list says what it can list") {
  const auto answer = run_iccsim({"list", "planets"});
  CHECK(answer.status == 2);
  CHECK(answer.errors.find("chips") != std::string::npos);
}
