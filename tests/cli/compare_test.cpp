#include "cli/command_line.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::cli::test;

TEST_CASE("compare: status 0 within the tolerance, 1 beyond it, 2 for what is no result") {
  const ScratchDirectory scratch;
  const auto base = scratch.write("base.json", R"({"jobs": {"a": {"mfu": 0.40}}, "wall_s": 1})");
  const auto near = scratch.write("near.json", R"({"jobs": {"a": {"mfu": 0.402}}, "wall_s": 9})");
  const auto far = scratch.write("far.json", R"({"jobs": {"a": {"mfu": 0.5}}, "wall_s": 1})");
  CHECK(run_iccsim({"compare", base, base}).status == 0);
  CHECK(run_iccsim({"compare", base, near}).status == 0);
  CHECK(run_iccsim({"compare", base, near, "--tolerance", "0.1%"}).status == 1);
  CHECK(run_iccsim({"compare", base, far, "--tolerance", "30 %"}).status == 0);
  const auto beyond = run_iccsim({"compare", base, far});
  CHECK(beyond.status == 1);
  CHECK(beyond.output.find("jobs.a.mfu") != std::string::npos);
  CHECK(beyond.output.find("+25.0%") != std::string::npos);

  const auto broken = scratch.write("broken.json", "{");
  CHECK(run_iccsim({"compare", base, broken}).status == 2);
  CHECK(run_iccsim({"compare", base, (scratch.path() / "none.json").string()}).status == 2);
  CHECK(run_iccsim({"compare", base}).status == 2);
  for (const char* tolerance : {"much", "-1%", "1 percent", ""}) {
    INFO(tolerance);
    CHECK(run_iccsim({"compare", base, near, "--tolerance", tolerance}).status == 2);
  }
}

TEST_CASE("compare --junit writes the verdict") {
  const ScratchDirectory scratch;
  const auto base = scratch.write("base.json", R"({"x": 1})");
  const auto next = scratch.write("next.json", R"({"x": 2})");
  const auto junit = scratch.path() / "junit.xml";
  CHECK(run_iccsim({"compare", base, next, "--junit", junit.string()}).status == 1);
  CHECK(read_text(junit).find("failures=\"1\"") != std::string::npos);
}
