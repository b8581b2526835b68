#include "sample_result.hpp"

#include "iccsim/report/report.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim;
using namespace iccsim::report;

namespace {

scenario::Expectation expectation(const std::string& metric, double value, double tolerance) {
  scenario::Expectation e;
  e.metric = metric;
  e.value = value;
  e.tolerance = tolerance;
  e.source = "a paper, table 1";
  return e;
}

ExpectationOutcome outcome_of(const scenario::Expectation& e) {
  return compare_expectations(test::sample_result(), {e}).at(0);
}

} // namespace

TEST_CASE("the error is relative to what was reported, and signed") {
  const auto outcome = outcome_of(expectation("jobs.pretrain.step_s.mean", 12.5, 0.25));
  CHECK(outcome.found);
  CHECK(outcome.simulated == 10);
  CHECK(outcome.error == Approx(-0.2));
  CHECK(outcome.pass);
}

TEST_CASE("an error of exactly the tolerance passes, a larger one does not") {
  CHECK(outcome_of(expectation("jobs.pretrain.hardware_tflops_per_card", 120, 0.3)).pass);
  CHECK_FALSE(outcome_of(expectation("jobs.pretrain.hardware_tflops_per_card", 120, 0.2999)).pass);
}

TEST_CASE("a reported zero is compared by difference") {
  const auto outcome = outcome_of(expectation("jobs.pretrain.queue_s", 0, 0.1));
  CHECK(outcome.error == 0);
  CHECK(outcome.pass);
  CHECK_FALSE(outcome_of(expectation("jobs.pretrain.mfu", 0, 0.1)).pass);
}

TEST_CASE("a metric that the result lacks is not met, and says so") {
  const auto outcome = outcome_of(expectation("jobs.pretrain.ttft_s.p99", 1, 1));
  CHECK_FALSE(outcome.found);
  CHECK_FALSE(outcome.pass);
  const auto tree = nlohmann::json::parse(result_json(test::sample_result(), {outcome}));
  CHECK_FALSE(tree["expectations"][0].contains("simulated"));
  CHECK(tree["expectations"][0]["pass"] == false);
  CHECK(summary(test::sample_result(), {outcome}).find("no such figure") != std::string::npos);
}

TEST_CASE("result.json lists expectations by the contract, and only when there are any") {
  const auto outcome = outcome_of(expectation("jobs.pretrain.mfu", 0.41, 0.05));
  const auto entry = nlohmann::json::parse(result_json(test::sample_result(), {outcome}))["expectations"][0];
  CHECK(entry["metric"] == "jobs.pretrain.mfu");
  CHECK(entry["reported"] == 0.41);
  CHECK(entry["simulated"] == 0.4);
  CHECK(entry["error"].get<double>() == Approx(0.4 / 0.41 - 1));
  CHECK(entry["tolerance"] == 0.05);
  CHECK(entry["pass"] == true);
  CHECK(entry["source"] == "a paper, table 1");
  CHECK_FALSE(nlohmann::json::parse(result_json(test::sample_result(), {})).contains("expectations"));
}
