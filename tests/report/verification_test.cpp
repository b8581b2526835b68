#include "iccsim/report/verification.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim::report;

namespace {

VerificationRow row(const std::string& source, double error, bool calibration = false) {
  VerificationRow r;
  r.scenario = "s";
  r.chip = "a100-80g";
  r.software = "megatron-2021";
  r.outcome.expectation.metric = "jobs.pretrain.step_s.mean";
  r.outcome.expectation.source = source;
  r.outcome.expectation.value = 10;
  r.outcome.expectation.tolerance = 0.1;
  r.outcome.expectation.calibration = calibration;
  r.outcome.found = true;
  r.outcome.simulated = 10 * (1 + error);
  r.outcome.error = error;
  r.outcome.pass = std::abs(error) <= 0.1;
  return r;
}

std::vector<const VerificationRow*> pointers(const std::vector<VerificationRow>& rows) {
  std::vector<const VerificationRow*> all;
  for (const auto& r : rows) {
    all.push_back(&r);
  }
  return all;
}

} // namespace

TEST_CASE("statistics of the absolute error: mean, median, 90th percentile (type 7), worst") {
  std::vector<VerificationRow> rows;
  for (int i = 0; i <= 10; ++i) {
    rows.push_back(row("p", (i % 2 == 0 ? 1 : -1) * 0.01 * i));
  }
  const auto s = error_statistics(pointers(rows));
  CHECK(s.rows == 11);
  CHECK(s.within_tolerance == 11);
  CHECK(s.mean == Approx(0.05));
  CHECK(s.median == Approx(0.05));
  CHECK(s.p90 == Approx(0.09));
  CHECK(s.worst == Approx(0.10));
}

TEST_CASE("rows that could not be run count as failed, not as exact") {
  std::vector<VerificationRow> rows{row("p", 0.02), row("p", 0)};
  rows[1].failure = "file:1:1: wrong";
  const auto s = error_statistics(pointers(rows));
  CHECK(s.rows == 1);
  CHECK(s.mean == Approx(0.02));
  CHECK_FALSE(rows[1].pass());
  CHECK(verification_text(rows).find("file:1:1: wrong") != std::string::npos);
}

TEST_CASE("no rows give no statistics and no crash") {
  const auto s = error_statistics({});
  CHECK(s.rows == 0);
  CHECK_NOTHROW(verification_text({}));
}

TEST_CASE("the paper is the source up to the first semicolon, else comma") {
  CHECK(row("MegaScale (arXiv 2402.15627, NSDI 24); table 2, row 3", 0).paper() ==
        "MegaScale (arXiv 2402.15627, NSDI 24)");
  CHECK(row("Narayanan et al. SC'21, table 1, 145.6B", 0).paper() == "Narayanan et al. SC'21");
  CHECK(row("", 0).paper() == "(no source)");
}

TEST_CASE("rows that fixed a calibration are told from predictions, and left out of their statistics") {
  const std::vector<VerificationRow> rows{row("a, 1", 0.08), row("a, 2", 0, true)};
  const auto tree = nlohmann::json::parse(verification_json(rows));
  CHECK(tree["absolute_error"]["total"]["all"]["mean"].get<double>() == Approx(0.04));
  CHECK(tree["absolute_error"]["total"]["predictions"]["mean"].get<double>() == Approx(0.08));
  CHECK(tree["absolute_error"]["by_chip"]["a100-80g"]["all"]["rows"] == 2);
  const std::string text = verification_text(rows);
  CHECK(text.find("calibration") != std::string::npos);
  CHECK(text.find("prediction") != std::string::npos);
}

TEST_CASE("outcomes are taken from result.json by place and metric") {
  std::vector<VerificationRow> rows{row("p", 0), row("p", 0)};
  for (auto& r : rows) {
    r.outcome.found = false;
  }
  rows[1].outcome.expectation.metric = "jobs.pretrain.mfu";
  take_outcomes(R"({"expectations": [
      {"metric": "jobs.pretrain.step_s.mean", "simulated": 9.5, "error": -0.05, "pass": true},
      {"metric": "jobs.pretrain.mfu", "pass": false}]})",
                rows);
  CHECK(rows[0].ran());
  CHECK(rows[0].outcome.simulated == 9.5);
  CHECK(rows[0].pass());
  CHECK_FALSE(rows[1].ran());
}

TEST_CASE("text that is no result leaves rows without outcome") {
  std::vector<VerificationRow> rows{row("p", 0)};
  rows[0].outcome.found = false;
  for (const char* text : {"", "{", "[]", "{\"expectations\": 3}", "{\"expectations\": [{}]}"}) {
    INFO(text);
    CHECK_NOTHROW(take_outcomes(text, rows));
    CHECK_FALSE(rows[0].ran());
  }
}

TEST_CASE("JUnit tells a figure that is off from a scenario that could not be run") {
  std::vector<VerificationRow> rows{row("Paper <A> & B, 1", 0.5), row("C", 0), row("C", 0)};
  rows[2].failure = "broken";
  const std::string xml = junit_xml("iccsim verify", verification_cases(rows));
  CHECK(xml.find("tests=\"3\" failures=\"1\" errors=\"1\"") != std::string::npos);
  CHECK(xml.find("classname=\"Paper &lt;A&gt; &amp; B\"") != std::string::npos);
  CHECK(xml.find("<error message=\"broken\"/>") != std::string::npos);
}
