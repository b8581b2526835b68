// What inference services and storage leave in result.json and in the summary.
#include "report/promises.hpp"
#include "report/result_tree.hpp"
#include "report/spark_line.hpp"
#include "sample_result.hpp"

#include "iccsim/report/comparison.hpp"
#include "iccsim/report/report.hpp"
#include "iccsim/report/text_table.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace iccsim;
using namespace iccsim::report;

namespace {

/// A service that promised what `sample_slo` says and kept one of the two.
metrics::JobResult sample_service() {
  metrics::JobResult job;
  job.name = "chat";
  job.type = "inference";
  job.state = metrics::JobState::done;
  job.cards = 32;
  job.end_s = 1000;
  job.plan = "4 x TP 8";
  job.states[metrics::State::decode] = 24000;
  job.states[metrics::State::prefill] = 6400;
  job.states[metrics::State::weights] = 1600;
  metrics::ServiceFigures f;
  f.requests_completed = 10000;
  f.ttft = {0.4, 0.3, 0.9, 2.5};
  f.tpot = {0.02, 0.019, 0.03, 0.04};
  f.itl = {0.021, 0.019, 0.031, 0.06};
  f.e2e = {6, 5, 11, 20};
  f.queue = {0.1, 0.05, 0.3, 1.5};
  f.hand_over = {0.06, 0.05, 0.1, 0.2};
  f.kv_transferred_bytes = 3e12;
  f.hand_over_stall_s = 20;
  f.mean_replicas = 3.25;
  f.peak_replicas = 4;
  f.replicas_started = 2;
  f.replicas_ended = 1;
  f.memory = {{"prefill", 17.5e9, 40e9, 4e9, 3e9, 86e9}, {"decode", 17.5e9, 50e9, 2e9, 3e9, 86e9}};
  f.trace = metrics::TraceFigures{10038, 38, 17};
  f.prompt_tokens = 10e6;
  f.output_tokens = 2.5e6;
  f.prompt_tokens_per_s = 10000;
  f.output_tokens_per_s = 2500;
  f.prompt_tokens_per_s_per_card = 312.5;
  f.prompt_tokens_per_s_per_node = 2500;
  f.output_tokens_per_s_per_card = 78.125;
  f.output_tokens_per_s_per_node = 625;
  f.goodput_rps = 9.8;
  f.slo_attainment = 0.98;
  f.meets_slo = false;
  f.mean_batch = 15.5;
  f.peak_batch = 64;
  f.mean_kv_share = 0.25;
  f.peak_kv_share = 0.75;
  f.kv_blocks = 12000;
  f.prefix_hit_share = 0.125;
  f.preemptions = 3;
  f.iterations = 50000;
  f.mean_in_system = 60;
  metrics::PriorityFigures urgent;
  urgent.priority = 5;
  urgent.requests_completed = 1000;
  urgent.ttft = {0.3, 0.2, 0.6, 1.2};
  urgent.tpot = {0.02, 0.019, 0.03, 0.04};
  urgent.itl = {0.02, 0.019, 0.03, 0.05};
  urgent.e2e = {5, 4, 9, 15};
  urgent.goodput_rps = 1;
  metrics::PriorityFigures other = urgent;
  other.priority = 0;
  other.requests_completed = 9000;
  other.ttft.p99_s = 2.6;
  other.goodput_rps = 8.8;
  other.slo_attainment = 0.9778;
  f.priorities = {urgent, other};
  f.timeline = {
      {0, 10, 0, 0.1, 9000, 2000, 4}, {500, 40, 20, 0.75, 11000, 3000, 4}, {1000, 20, 5, 0.4, 10000, 2500, 4}};
  job.service = f;
  job.io.weights = metrics::IoFigures{560e9, 420e9, 140e9, 560e9, 50, 4};
  job.io.kv = metrics::KvIoFigures{{2e12, 3e12, 5e11}, {1e11, 4e11, 3e11}, {0, 0, 0}, 12};
  return job;
}

scenario::Scenario sample_scenario() {
  scenario::Scenario scenario;
  scenario::JobSpec job;
  job.name = "chat";
  scenario::InferenceSpec spec;
  spec.slo.ttft_p99_s = 2;
  spec.slo.tpot_p99_s = 0.05;
  job.what = spec;
  scenario.jobs.push_back(job);
  return scenario;
}

metrics::Result service_result() {
  auto result = test::sample_result();
  result.cards = 32;
  result.jobs = {sample_service()};
  result.cluster_states = result.jobs[0].states;
  result.resources = {{"pfs/servers/read", "storage_media", 1e10, 4.2e11, 0.4, 1, 50, 1},
                      {"gpu-0/socket0/cores", "cpu", 64, 1, 0.1, 0.5, 0, 8}};
  return result;
}

std::string service_summary() {
  const auto scenario = sample_scenario();
  Notes notes;
  notes.scenario = &scenario;
  return summary(service_result(), {}, notes);
}

std::string golden(const std::string& name) {
  std::ifstream in(std::string(ICCSIM_SOURCE_ROOT) + "/tests/report/golden/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace

TEST_CASE("a service's figures stand at the contract's paths, and expectations reach them") {
  const auto tree = result_tree(service_result());
  const std::pair<const char*, double> figures[] = {
      {"jobs.chat.requests.completed", 10000},
      {"jobs.chat.requests.failed", 0},
      {"jobs.chat.requests.mean_in_system", 60},
      {"jobs.chat.ttft_s.mean", 0.4},
      {"jobs.chat.ttft_s.p99", 2.5},
      {"jobs.chat.tpot_s.p50", 0.019},
      {"jobs.chat.itl_s.p90", 0.031},
      {"jobs.chat.e2e_s.p99", 20},
      {"jobs.chat.prompt_tokens_per_s", 10000},
      {"jobs.chat.output_tokens_per_s", 2500},
      {"jobs.chat.output_tokens_per_s_per_card", 78.125},
      {"jobs.chat.goodput_rps", 9.8},
      {"jobs.chat.slo_attainment", 0.98},
      {"jobs.chat.meets_slo", 0},
      {"jobs.chat.batch.mean", 15.5},
      {"jobs.chat.kv.peak_share", 0.75},
      {"jobs.chat.prefix_hit_share", 0.125},
      {"jobs.chat.timeline[1].waiting", 20},
      {"jobs.chat.wait_s.p90", 0.3},
      {"jobs.chat.hand_over_s.mean", 0.06},
      {"jobs.chat.priorities[0].priority", 5},
      {"jobs.chat.priorities[0].requests.completed", 1000},
      {"jobs.chat.priorities[0].itl_s.p99", 0.05},
      {"jobs.chat.priorities[1].ttft_s.p99", 2.6},
      {"jobs.chat.priorities[1].goodput_rps", 8.8},
      {"jobs.chat.io.kv.host.read_bytes", 2e12},
      {"jobs.chat.io.kv.nvme.written_bytes", 4e11},
      {"jobs.chat.io.kv.stall_s", 12},
      {"jobs.chat.io.kv.host.peak_bytes", 5e11},
      {"jobs.chat.kv.transfer_stall_s", 20},
      {"jobs.chat.prompt_tokens_per_s_per_card", 312.5},
      {"jobs.chat.prompt_tokens_per_s_per_node", 2500},
      {"jobs.chat.replicas.mean", 3.25},
      {"jobs.chat.replicas.started", 2},
      {"jobs.chat.memory.kv_bytes", 50e9}, // of the fullest pool
      {"jobs.chat.memory.total_bytes", 72.5e9},
      {"jobs.chat.memory.prefill.total_bytes", 64.5e9},
      {"jobs.chat.memory.decode.capacity_bytes", 86e9},
      {"jobs.chat.trace.left_out", 38},
      {"jobs.chat.trace.first_left_out_line", 17},
      {"jobs.chat.io.weights.bytes", 560e9},
      {"jobs.chat.io.weights.cached_bytes", 140e9},
      {"jobs.chat.io.weights.stall_s", 50},
  };
  for (const auto& [path, value] : figures) {
    INFO(path);
    CHECK(figure_at(tree, path) == value);
    scenario::Expectation expectation;
    expectation.metric = path;
    expectation.value = value;
    CHECK(compare_expectations(service_result(), {expectation}).at(0).pass);
  }
}

TEST_CASE("training by compute time has its utilization and its I/O") {
  auto result = test::sample_result();
  auto& job = result.jobs[0];
  job.type = "training";
  job.training->tokens_per_s = 0;
  job.au = 0.93;
  job.samples_per_s = 1234;
  job.io.dataset = metrics::IoFigures{2e12, 5e11, 1.5e12, 2e12, 12, 100};
  job.io.checkpoint = metrics::IoFigures{1e11, 1e11, 0, 1e11, 3, 1};
  const auto tree = result_tree(result);
  CHECK(figure_at(tree, "jobs.pretrain.au") == 0.93);
  CHECK(figure_at(tree, "jobs.pretrain.samples_per_s") == 1234.0);
  CHECK(figure_at(tree, "jobs.pretrain.io.dataset.stall_s") == 12.0);
  CHECK(figure_at(tree, "jobs.pretrain.io.checkpoint.bytes") == 1e11);
  CHECK_FALSE(figure_at(tree, "jobs.pretrain.io.weights.bytes"));
  const std::string text = summary(result, {});
  CHECK(text.find("93.0% of the accelerators") != std::string::npos);
  CHECK(text.find("2.00 TB read in 100 batches, 75.0% of it from caches; a card waited 12.0 s (12.0%") !=
        std::string::npos);
  CHECK(text.find("100 GB written in 1 checkpoint; a card waited 3.00 s") != std::string::npos);
  CHECK(text.find("MFU") == text.find("MFU", text.find("card time"))); // only in the legend of the states
}

TEST_CASE("compare sees that a latency moved") {
  auto slower = service_result();
  slower.jobs[0].service->ttft.p99_s *= 1.1;
  const auto comparison = compare_results(result_json(service_result(), {}), result_json(slower, {}), 0.01);
  REQUIRE(comparison.changes.size() == 1);
  CHECK(comparison.changes[0].path == "jobs.chat.ttft_s.p99");
  CHECK(comparison.changes[0].change == Approx(0.1));
}

TEST_CASE("replicas stand over time where their number changes") {
  auto result = service_result();
  result.jobs.at(0).service->replicas_started = result.jobs.at(0).service->replicas_ended = 0;
  CHECK(summary(result, {}).find("\n  replicas ") == std::string::npos);
  result.jobs.at(0).service->timeline.at(1).replicas = 7;
  const auto text = summary(result, {});
  const auto line = text.find("\n  replicas ");
  REQUIRE(line != std::string::npos);
  CHECK(text.substr(line + 1, text.find('\n', line + 1) - line).find('7') != std::string::npos);
}

TEST_CASE("the summary of a service reads as in golden/service.txt") {
  CHECK(service_summary() == golden("service.txt"));
}

TEST_CASE("no line of a service's summary is wider than a mail") {
  std::istringstream lines(service_summary());
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(display_width(line) <= 100);
  }
}

TEST_CASE("without a promise nothing is said about keeping one") {
  const std::string text = summary(service_result(), {});
  CHECK(text.find("SLO") == std::string::npos);
  CHECK(text.find("promised") == std::string::npos);
}

TEST_CASE("one line answers whether the SLO is met") {
  auto figures = *sample_service().service;
  scenario::SloSpec slo;
  slo.ttft_p99_s = 2;
  slo.tpot_p99_s = 0.05;
  SECTION("missed: the missed promises alone") {
    CHECK(slo_answer(figures, slo) == "MISSED: TTFT p99 2.50 s of 2.00 s; 98.0% of the requests kept to it");
  }
  SECTION("met: all of them") {
    figures.ttft.p99_s = 1.5;
    figures.meets_slo = true;
    CHECK(slo_answer(figures, slo) ==
          "met: TTFT p99 1.50 s of 2.00 s, TPOT p99 40.0 ms of 50.0 ms; 98.0% of the requests kept to it");
  }
  SECTION("failed requests break it whatever the others took") {
    figures.ttft.p99_s = 1.5;
    figures.requests_failed = 7;
    CHECK(slo_answer(figures, slo).find("MISSED: ") == 0);
    CHECK(slo_answer(figures, slo).find(", 7 failed") != std::string::npos);
  }
}

TEST_CASE("a spark line is scaled to its largest value and shows every peak") {
  CHECK(spark_line({0, 1, 4, 8}, 10) == " ▁▄█");
  CHECK(spark_line({0, 0, 0}, 10) == "   ");
  CHECK(spark_line({}, 10).empty());
  CHECK(spark_line({1000, 1}, 10) == "█▁");
  std::vector<double> peak(1000, 0.0);
  peak[777] = 5;
  const std::string line = spark_line(peak, 20);
  CHECK(display_width(line) == 20);
  CHECK(line.find("█") != std::string::npos);
}
