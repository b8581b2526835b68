// Which resource binds, and what a run with a faster one says.
#include "sample_result.hpp"

#include "iccsim/report/report.hpp"
#include "iccsim/report/what_if.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>

using namespace iccsim;
using namespace iccsim::report;
using metrics::State;

namespace {

/// 100 s on 1,024 cards; MFU 40%; `state` takes the bubble's 10%. The resource is saturated for `saturated_s`.
metrics::Result waiting(State state, const std::string& kind, double saturated_s) {
  auto result = test::sample_result();
  auto& states = result.jobs[0].states;
  states[State::bubble] = states[State::tp_comm] = 0;
  states[state] += 10240;
  states[State::kernel] += 20480;
  result.resources = {{"part", kind, 1e10, 1e12, 0.9, 1, saturated_s, 1}};
  return result;
}

} // namespace

TEST_CASE("what binds is saturated, and carries what jobs waited for") {
  SECTION("storage while reading") {
    const auto found = bottleneck_of(waiting(State::data_storage, "storage_media", 60));
    REQUIRE(found);
    CHECK(found->kinds == std::vector<std::string>{"storage_media"});
    CHECK(found->title == "storage media bandwidth");
    CHECK(found->name == "part");
    CHECK(found->saturated_s == 60);
    CHECK(found->scalable);
  }
  SECTION("both directions of a NIC are one part") {
    CHECK(bottleneck_of(waiting(State::dp_comm, "nic_in", 60))->kinds == std::vector<std::string>{"nic_out", "nic_in"});
  }
  SECTION("scale-up links carry no input") {
    CHECK_FALSE(bottleneck_of(waiting(State::data_storage, "scale_up_out", 60)));
  }
  SECTION("storage servers carry no collectives") {
    CHECK_FALSE(bottleneck_of(waiting(State::tp_comm, "storage_nic", 60)));
  }
  SECTION("a bubble is no wait for a resource") {
    CHECK_FALSE(bottleneck_of(waiting(State::bubble, "nic_out", 60)));
  }
  SECTION("a moment of saturation is none") {
    CHECK_FALSE(bottleneck_of(waiting(State::checkpoint, "storage_media", 0.5)));
  }
  SECTION("workers of the jobs are no part of the cluster") {
    CHECK_FALSE(bottleneck_of(waiting(State::data_cpu, "streams", 60))->scalable);
  }
}

TEST_CASE("a wait of less than 1% is not worth a second run") {
  auto result = waiting(State::data_storage, "storage_media", 60);
  auto& states = result.jobs[0].states;
  states[State::kernel] += states[State::data_storage] - 1000;
  states[State::data_storage] = 1000; // of 102,400
  CHECK_FALSE(bottleneck_of(result));
  states[State::data_storage] = 1100;
  CHECK(bottleneck_of(result));
}

TEST_CASE("a benchmark of a collective binds its network by design") {
  auto result = test::sample_result();
  result.jobs = {test::sample_collective()};
  result.resources[0].saturated_s = 90;
  CHECK_FALSE(bottleneck_of(result));
}

TEST_CASE("the answer lays both runs side by side and names the next bottleneck") {
  const auto first = waiting(State::data_h2d, "pcie_uplink", 60);
  auto second = waiting(State::data_storage, "storage_nic", 20);
  second.jobs[0].training->mfu = 0.44;
  const WhatIf answer = what_if(first, *bottleneck_of(first), 1.5, result_json(second, {}));
  REQUIRE(answer.jobs.size() == 1);
  CHECK(answer.jobs[0].job == "pretrain");
  CHECK(answer.jobs[0].figure == "mfu");
  CHECK(answer.jobs[0].before == 0.4);
  CHECK(answer.jobs[0].after == 0.44);
  CHECK(what_if_line(answer) == "what if: 1.5x PCIe root-port bandwidth: pretrain MFU 40.0% -> 44.0%; then storage "
                                "server NIC bandwidth binds");
}

TEST_CASE("jobs whose utilization does not move say what they get done, alike ones once") {
  const auto with = [](double au, double samples_per_s) {
    auto result = waiting(State::checkpoint, "storage_media", 60);
    result.jobs[0].type = "training";
    result.jobs[0].au = au;
    result.jobs[0].samples_per_s = samples_per_s;
    result.jobs.push_back(result.jobs[0]);
    result.jobs[1].name = "other";
    return result;
  };
  const auto line = [](const metrics::Result& first, const metrics::Result& second) {
    return what_if_line(what_if(first, *bottleneck_of(first), 1.5, result_json(second, {})));
  };
  CHECK(line(with(1, 50), with(1, 60)) ==
        "what if: 1.5x storage media bandwidth: pretrain samples/s 50.0 -> 60.0 (and 1 "
        "alike); then storage media bandwidth still binds");
  CHECK(line(with(0.5, 50), with(0.75, 60)) ==
        "what if: 1.5x storage media bandwidth: pretrain accelerator utilization "
        "50.0% -> 75.0% (and 1 alike); then storage media bandwidth still binds");
}

TEST_CASE("the answer says when the same part still binds, and when none does") {
  const auto first = waiting(State::data_storage, "storage_media", 60);
  const auto line = [&](const metrics::Result& second) {
    return what_if_line(what_if(first, *bottleneck_of(first), 1.5, result_json(second, {})));
  };
  CHECK(line(first).find("; then storage media bandwidth still binds") != std::string::npos);
  CHECK(line(waiting(State::data_storage, "storage_media", 0)).find("; then nothing is saturated") !=
        std::string::npos);
}

TEST_CASE("what was not tried says why, in the summary and in result.json") {
  const auto result = waiting(State::data_cpu, "streams", 60);
  Notes notes;
  notes.what_if.emplace();
  notes.what_if->bottleneck = *bottleneck_of(result);
  notes.what_if->not_tried = "because";
  CHECK(summary(result, {}, notes).find("what if: what streams and workers of the jobs take binds (part); because") !=
        std::string::npos);
  const auto tree = nlohmann::json::parse(result_json(result, {}, notes));
  CHECK(tree["what_if"]["not_tried"] == "because");
  CHECK_FALSE(tree["what_if"].contains("factor"));
}

TEST_CASE("a tried what-if has its figures in result.json") {
  const auto first = waiting(State::data_storage, "storage_media", 60);
  Notes notes;
  notes.what_if = what_if(first, *bottleneck_of(first), 1.5, result_json(first, {}));
  const auto tree = nlohmann::json::parse(result_json(first, {}, notes))["what_if"];
  CHECK(tree["kinds"][0] == "storage_media");
  CHECK(tree["factor"] == 1.5);
  CHECK(tree["jobs"]["pretrain"]["mfu"]["before"] == 0.4);
  CHECK(tree["next"]["kinds"][0] == "storage_media");
}

TEST_CASE("a second run that left no result is an error with a sentence") {
  const auto first = waiting(State::data_storage, "storage_media", 60);
  for (const char* text : {"", "{", "[]", "{}", R"({"jobs": {}})"}) {
    INFO(text);
    CHECK_THROWS_AS(what_if(first, *bottleneck_of(first), 1.5, text), std::invalid_argument);
  }
}
