#include "report/result_tree.hpp"
#include "sample_result.hpp"

#include "iccsim/report/report.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace iccsim;
using namespace iccsim::report;
using nlohmann::json;

namespace {

json parsed(const metrics::Result& result) {
  return json::parse(result_json(result, {}));
}

} // namespace

TEST_CASE("result.json has every path of the contract, as a number where it is a figure") {
  auto result = test::sample_result();
  result.jobs.push_back(test::sample_collective());
  const json tree = parsed(result);
  const std::vector<std::string> figures{"/seed",
                                         "/simulated_s",
                                         "/wall_s",
                                         "/cluster/cards",
                                         "/cluster/utilization",
                                         "/cluster/peak_utilization",
                                         "/cluster/states_s/compute",
                                         "/cluster/states_s/free",
                                         "/jobs/pretrain/states_s/bubble",
                                         "/jobs/pretrain/cards",
                                         "/jobs/pretrain/submit_s",
                                         "/jobs/pretrain/start_s",
                                         "/jobs/pretrain/end_s",
                                         "/jobs/pretrain/queue_s",
                                         "/jobs/pretrain/steps",
                                         "/jobs/pretrain/step_s/mean",
                                         "/jobs/pretrain/step_s/p50",
                                         "/jobs/pretrain/step_s/p99",
                                         "/jobs/pretrain/tokens_per_s",
                                         "/jobs/pretrain/tokens_per_s_per_card",
                                         "/jobs/pretrain/tflops_per_card",
                                         "/jobs/pretrain/hardware_tflops_per_card",
                                         "/jobs/pretrain/mfu",
                                         "/jobs/pretrain/hfu",
                                         "/jobs/pretrain/ettr",
                                         "/jobs/pretrain/memory/weights_bytes",
                                         "/jobs/pretrain/memory/gradients_bytes",
                                         "/jobs/pretrain/memory/optimizer_bytes",
                                         "/jobs/pretrain/memory/activations_bytes",
                                         "/jobs/pretrain/memory/total_bytes",
                                         "/jobs/pretrain/memory/capacity_bytes",
                                         "/jobs/ar/collectives/0/bytes",
                                         "/jobs/ar/collectives/1/time_s",
                                         "/jobs/ar/collectives/1/algbw",
                                         "/jobs/ar/collectives/1/busbw",
                                         "/resources/0/capacity",
                                         "/resources/0/bytes",
                                         "/resources/0/mean_utilization",
                                         "/resources/0/peak_utilization",
                                         "/resources/0/saturated_s"};
  for (const auto& path : figures) {
    INFO(path);
    REQUIRE(tree.contains(json::json_pointer(path)));
    CHECK(tree[json::json_pointer(path)].is_number());
  }
  for (const char* path :
       {"/iccsim/version", "/scenario", "/jobs/pretrain/type", "/jobs/pretrain/state", "/jobs/pretrain/evidence",
        "/jobs/ar/collectives/0/algorithm", "/resources/0/name", "/resources/0/kind"}) {
    INFO(path);
    REQUIRE(tree.contains(json::json_pointer(path)));
    CHECK(tree[json::json_pointer(path)].is_string());
  }
  CHECK(tree["complete"] == true);
}

TEST_CASE("every state has its key, and they sum to what was put in") {
  const auto result = test::sample_result();
  const json states = parsed(result)["cluster"]["states_s"];
  CHECK(states.size() == metrics::state_count);
  double sum = 0;
  for (const auto& value : states) {
    sum += value.get<double>();
  }
  CHECK(sum == Approx(102400));
}

TEST_CASE("figures survive the way through text to the last bit") {
  auto result = test::sample_result();
  result.jobs[0].training->step_mean_s = 1.0 / 3.0;
  CHECK(parsed(result)["jobs"]["pretrain"]["step_s"]["mean"].get<double>() == 1.0 / 3.0);
}

TEST_CASE("jobs stand in the order of the scenario") {
  auto result = test::sample_result();
  auto first = test::sample_collective();
  first.name = "z-first";
  result.jobs.insert(result.jobs.begin(), first);
  const std::string text = result_json(result, {});
  CHECK(text.find("\"z-first\"") < text.find("\"pretrain\""));
}

TEST_CASE("a figure that is not finite is a defect, named by its path") {
  auto result = test::sample_result();
  result.jobs[0].training->mfu = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(result_json(result, {}), Catch::Contains("jobs.pretrain.mfu"));
  CHECK_THROWS_AS(result_json(result, {}), metrics::InternalError);
}

TEST_CASE("names that are no UTF-8 do not break the file") {
  auto result = test::sample_result();
  result.scenario_title = "caf\xe9";
  CHECK_NOTHROW(json::parse(result_json(result, {})));
}

TEST_CASE("figures are found by path: maps, lists in both spellings, truth values") {
  auto result = test::sample_result();
  auto collective = test::sample_collective();
  collective.name = "ar.v2";
  result.jobs.push_back(collective);
  const auto tree = result_tree(result);
  CHECK(figure_at(tree, "jobs.pretrain.step_s.p99") == 10.5);
  CHECK(figure_at(tree, "jobs.ar.v2.collectives[1].time_s") == 0.01);
  CHECK(figure_at(tree, "jobs.ar.v2.collectives.0.time_s") == 1e-4);
  CHECK(figure_at(tree, "complete") == 1.0);
  for (const char* path : {"", ".", "jobs", "jobs.pretrain", "jobs.pretrain.step", "jobs.pretrain.type",
                           "jobs.ar.v2.collectives[2].time_s", "jobs.ar.v2.collectives[].time_s",
                           "jobs.ar.v2.collectives[99999999999999].time_s", "jobs.pretrain.mfu.", "mfu"}) {
    INFO(path);
    CHECK_FALSE(figure_at(tree, path).has_value());
  }
}
