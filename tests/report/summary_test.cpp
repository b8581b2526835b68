#include "sample_result.hpp"

#include "iccsim/report/report.hpp"
#include "iccsim/report/text_table.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace iccsim;
using namespace iccsim::report;

namespace {

std::string golden(const std::string& name) {
  std::ifstream in(std::string(ICCSIM_SOURCE_ROOT) + "/tests/report/golden/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

ExpectationOutcome sample_outcome() {
  scenario::Expectation e;
  e.metric = "jobs.pretrain.hardware_tflops_per_card";
  e.value = 148;
  e.tolerance = 0.05;
  return compare_expectations(test::sample_result(), {e}).at(0);
}

} // namespace

TEST_CASE("the summary reads as in golden/summary.txt") {
  CHECK(summary(test::sample_result(), {sample_outcome()}) == golden("summary.txt"));
}

TEST_CASE("no line of the summary is wider than a mail") {
  auto result = test::sample_result();
  result.jobs[0].plan = "TP 8 x PP 12 x DP 16, VPP 4, CP 2, EP 8, interleaved schedule, sharding optimizer, sequence "
                        "parallelism, recompute selective, overlap of gradients and parameters";
  result.jobs[0].states[metrics::State::kv_wait] = 1;
  result.jobs.push_back(test::sample_collective());
  result.resources[0].name = "a-pool-with-a-long-name-17/some-switch-of-many/out";
  std::istringstream lines(summary(result, {sample_outcome()}));
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(display_width(line) <= 100);
  }
}

TEST_CASE("an interrupted run says so before any figure") {
  auto result = test::sample_result();
  result.complete = false;
  result.jobs[0].state = metrics::JobState::running;
  const std::string text = summary(result, {});
  CHECK(text.find("INTERRUPTED") < text.find("MFU"));
  CHECK(text.find("still running") != std::string::npos);
}

TEST_CASE("a job that never started has no figures, and the cluster's free time is shown") {
  auto result = test::sample_result();
  metrics::JobResult waiting;
  waiting.name = "late";
  waiting.type = "pretraining";
  waiting.cards = 2048;
  waiting.training = metrics::StepFigures{};
  result.jobs.push_back(waiting);
  result.cluster_states[metrics::State::free] = 5000;
  const std::string text = summary(result, {});
  CHECK(text.find("late: pretraining on 2,048 cards, never started") != std::string::npos);
  CHECK(text.find("not allocated") != std::string::npos);
}

TEST_CASE("collectives read as nccl-tests prints them") {
  auto result = test::sample_result();
  result.jobs = {test::sample_collective()};
  const std::string text = summary(result, {});
  CHECK(text.find("algbw") != std::string::npos);
  CHECK(text.find("201 GB/s  ring") != std::string::npos);
}
