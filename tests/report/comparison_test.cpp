#include "sample_result.hpp"

#include "iccsim/report/comparison.hpp"
#include "iccsim/report/report.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <stdexcept>

using namespace iccsim;
using namespace iccsim::report;

namespace {

std::string json_of(const metrics::Result& result) {
  return result_json(result, {});
}

} // namespace

TEST_CASE("a result equals itself, whatever the wall clock and the version say") {
  auto other = test::sample_result();
  other.wall_s = 99;
  other.version = "9.9.9";
  const auto comparison = compare_results(json_of(test::sample_result()), json_of(other), 0);
  CHECK(comparison.figures > 50);
  CHECK(comparison.changes.empty());
  CHECK(comparison.within_tolerance());
}

TEST_CASE("a figure that moved is named with its relative change, and judged by the tolerance") {
  auto other = test::sample_result();
  other.jobs[0].training->step_mean_s = 10.2;
  const auto loose = compare_results(json_of(test::sample_result()), json_of(other), 0.03);
  REQUIRE(loose.changes.size() == 1);
  CHECK(loose.changes[0].path == "jobs.pretrain.step_s.mean");
  CHECK(loose.changes[0].change == Approx(0.02));
  CHECK(loose.within_tolerance());
  const auto strict = compare_results(json_of(test::sample_result()), json_of(other), 0.01);
  CHECK_FALSE(strict.within_tolerance());
  CHECK(comparison_text(strict, 0.01).find("BEYOND") != std::string::npos);
}

TEST_CASE("figures on one side only, and words that changed, are beyond any tolerance") {
  auto other = test::sample_result();
  other.jobs[0].state = metrics::JobState::running;
  other.jobs.push_back(test::sample_collective());
  const auto comparison = compare_results(json_of(test::sample_result()), json_of(other), 1);
  CHECK_FALSE(comparison.within_tolerance());
  bool state_seen = false;
  for (const auto& change : comparison.changes) {
    state_seen = state_seen || change.path == "jobs.pretrain.state";
    CHECK(change.beyond);
  }
  CHECK(state_seen);
}

TEST_CASE("from zero is an infinite change") {
  auto other = test::sample_result();
  other.jobs[0].queue_s = 1;
  const auto comparison = compare_results(json_of(test::sample_result()), json_of(other), 0.5);
  REQUIRE(comparison.changes.size() == 1);
  CHECK(std::isinf(comparison.changes[0].change));
  CHECK(comparison_text(comparison, 0.5).find("from zero") != std::string::npos);
}

TEST_CASE("rounding beside large card-seconds is no change, a lost second is") {
  auto other = test::sample_result();
  other.jobs[0].states[metrics::State::idle] = 1e-6;
  CHECK(compare_results(json_of(test::sample_result()), json_of(other), 0).changes.empty());
  other.jobs[0].states[metrics::State::idle] = 1;
  CHECK_FALSE(compare_results(json_of(test::sample_result()), json_of(other), 0.01).within_tolerance());
}

TEST_CASE("resources are matched by name, not by place") {
  auto base = test::sample_result();
  base.resources.push_back({"leaf-2/up", "leaf_up", 1e9, 1e9, 0.1, 0.2, 0, 1});
  auto other = base;
  std::swap(other.resources[0], other.resources[1]);
  CHECK(compare_results(json_of(base), json_of(other), 0).changes.empty());
}

TEST_CASE("what is no result.json is an error that says which file") {
  CHECK_THROWS_WITH(compare_results("nonsense", "{}", 0), Catch::Contains("first"));
  CHECK_THROWS_WITH(compare_results("{}", "[1]", 0), Catch::Contains("second"));
}

TEST_CASE("JUnit has a case for every figure that moved, and one when none did") {
  auto other = test::sample_result();
  other.jobs[0].training->mfu = 0.2;
  const auto moved = comparison_cases(compare_results(json_of(test::sample_result()), json_of(other), 0.01));
  REQUIRE(moved.size() == 1);
  CHECK_FALSE(moved[0].failure.empty());
  CHECK(comparison_cases(compare_results("{}", "{}", 0)).size() == 1);
}
