// iccsim size: searches against rules that are known, and what it says of scenarios that ask nothing.
#include "cli/command_line.hpp"
#include "cli/invalid_input.hpp"
#include "cli/size_load.hpp"
#include "cli/size_question.hpp"
#include "cli/size_search.hpp"
#include "cli/size_trial.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

using namespace iccsim;
using namespace iccsim::cli;
using namespace iccsim::cli::test;

namespace {

/// A service that needs `needed` replicas: the latency falls as they grow.
std::function<Verdict(int)> needs(int needed) {
  return [needed](int count) { return Verdict{count >= needed, double(needed) / count}; };
}

const std::string service = R"(version: 1
name: service
platform:
  nodes: [{ name: gpu, type: dgx-a100-80g, count: 4 }]
  fabric: { type: rail_optimized }
jobs:
  - name: chat
    type: inference
    model: llama3-8b
    replicas: { count: 2, tensor: 2 }
    precision: bf16
    requests:
      arrival: { process: poisson, rate: 8 /s }
      prompt: 512
      output: 64
      count: 200
    slo: { ttft_p99: 2 s, tpot_p50: 80 ms }
)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::string problem(const std::string& text, const std::string& job = "") {
  const ScratchDirectory scratch;
  try {
    size_question(scratch.write("service.yaml", text), {}, job);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

} // namespace

TEST_CASE("size: the fewest are found from any start with few looks") {
  for (const int needed : {1, 2, 3, 7, 64, 100, 1000}) {
    for (const int start : {1, 5, 64, 900}) {
      int looks = 0;
      std::set<int> seen;
      const auto answer = needs(needed);
      const auto found = fewest(start, 1000, [&](int count) {
        CHECK(count >= 1);
        CHECK(count <= 1000);
        CHECK(seen.insert(count).second);
        ++looks;
        return answer(count);
      });
      REQUIRE(found.count);
      CHECK(*found.count == needed);
      CHECK(found.monotone);
      CHECK(looks <= 2 * std::log2(1000) + 4);
    }
  }
}

TEST_CASE("size: no number that is allowed is enough") {
  const auto found = fewest(3, 50, needs(51));
  CHECK_FALSE(found.count);
  CHECK_FALSE(found.hopeless);
  CHECK_FALSE(fewest(1, 0, needs(1)).count);
}

TEST_CASE("size: where more replicas change nothing the search gives up early") {
  int largest = 0;
  const auto found = fewest(1, 1 << 20, [&](int count) {
    largest = std::max(largest, count);
    return Verdict{false, 1.5};
  });
  CHECK_FALSE(found.count);
  CHECK(found.hopeless);
  CHECK(largest <= 4);
}

TEST_CASE("size: an answer whose neighbours contradict it says so") {
  const auto odd_fail = [](int count) { return Verdict{count >= 10 && count != 11, 10.0 / count}; };
  const auto found = fewest(1, 100, odd_fail);
  REQUIRE(found.count);
  CHECK(*found.count == 10);
  CHECK_FALSE(found.monotone);
}

TEST_CASE("size: the largest load is found to its tolerance") {
  for (const double capacity : {0.01, 0.3, 1.0, 1.7, 40.0}) {
    const auto found = largest_load(0.02, [&](double factor) {
      return Verdict{factor <= capacity, factor / capacity};
    });
    REQUIRE(found);
    CHECK(*found <= capacity);
    CHECK(*found * 1.021 > capacity);
  }
  CHECK_FALSE(largest_load(0.02, [](double) { return Verdict{}; }));
}

TEST_CASE("size: a question knows its cards, its promises and the settings of a try") {
  const ScratchDirectory scratch;
  const auto question = size_question(scratch.write("service.yaml", service), {}, "");
  REQUIRE(question.pools.size() == 1);
  CHECK(question.pools[0].cards == 2);
  CHECK(question.counts() == std::vector<int>{2});
  CHECK(question.most_cards == 32);
  CHECK(question.chip == "a100-80g");
  REQUIRE(question.promises.size() == 2);
  CHECK(question.promises[1].latency.label == "TPOT p50");
  CHECK(question.promises[1].within_s == 0.08);
  CHECK(question.settings({5}, 2) == std::vector<std::string>{"jobs[0].replicas.count=5", "jobs[0].cards=10",
                                                              "jobs[0].requests.arrival.rate=16 /s"});
  // What a try sets is a scenario that reads.
  LoadOptions load;
  load.settings = question.settings({5}, 2);
  const auto scenario = load_scenario(question.file, load);
  CHECK(scenario.jobs[0].cards == 10);
}

TEST_CASE("size: both pools of a disaggregated service can be set, as counts or as mappings") {
  for (const std::string split : {"{ prefill: 1, decode: 2 }", "{ prefill: { count: 1, tensor: 4 }, decode: 2 }"}) {
    const ScratchDirectory scratch;
    const std::string text =
        replaced(service, "replicas: { count: 2, tensor: 2 }", "replicas: { tensor: 2 }\n    disaggregation: " + split);
    const auto question = size_question(scratch.write("service.yaml", text), {}, "chat");
    REQUIRE(question.pools.size() == 2);
    LoadOptions load;
    load.settings = question.settings({2, 3}, 1);
    const auto scenario = load_scenario(question.file, load);
    CHECK(scenario.jobs[0].cards == question.cards_of({2, 3}));
    const auto& spec = std::get<scenario::InferenceSpec>(scenario.jobs[0].what);
    CHECK(spec.disaggregation->prefill.count == 2);
    CHECK(spec.disaggregation->decode.count == 3);
  }
}

TEST_CASE("size: a closed loop has whole clients, each number once") {
  const ScratchDirectory scratch;
  const std::string text =
      replaced(service, "arrival: { process: poisson, rate: 8 /s }", "arrival: { process: closed, concurrency: 2 }");
  const auto sized = run_iccsim({"size", "--json", "-q", "--keep", scratch.write("service.yaml", text)});
  CHECK(sized.errors.empty());
  REQUIRE(sized.status == 0);
  const auto tree = nlohmann::json::parse(sized.output);
  double last = 0;
  for (const auto& point : tree["curve"]["points"]) {
    const double clients = point["load"].get<double>();
    CHECK(clients == std::floor(clients));
    CHECK(clients > last);
    last = clients;
  }
  CHECK(tree["curve"]["points"].size() > 4);
  scenario::RequestsSpec requests;
  requests.arrival.process = scenario::ArrivalProcess::closed;
  requests.arrival.concurrency = 3;
  CHECK(whole_factor(requests, 1) == 1);
  CHECK(whole_factor(requests, 0.01) == Approx(1.0 / 3));
  CHECK(whole_factor(requests, 1.55) == Approx(5.0 / 3));
  CHECK(load_text(requests, 0.3) == "1 client");
}

TEST_CASE("size: every kind of load can be scaled") {
  scenario::RequestsSpec requests;
  requests.arrival.rate_per_s = 4;
  CHECK(load_text(requests, 1.5) == "6.00 requests/s");
  requests.arrival.rate_per_s = 0;
  requests.arrival.curve = {{0, 1}, {10, 3}};
  CHECK(load_setting(requests, 1, 2) ==
        "jobs[1].requests.arrival.curve=[{at: 0 s, rate: 2 /s}, {at: 10 s, rate: 6 /s}]");
  CHECK(load_value(requests, 2) == 6);
  requests.arrival.process = scenario::ArrivalProcess::closed;
  requests.arrival.concurrency = 10;
  CHECK(load_setting(requests, 0, 0.25) == "jobs[0].requests.arrival.concurrency=3");
  requests.trace = "trace.csv";
  CHECK(load_setting(requests, 0, 4) == "jobs[0].requests.time_scale=0.25");
}

TEST_CASE("size: figures and verdicts come from result.json") {
  const ScratchDirectory scratch;
  const auto question = size_question(scratch.write("service.yaml", service), {}, "");
  const auto figures = [&](const std::string& failed, const std::string& ttft) {
    return size_figures(R"({"jobs": {"chat": {"requests": {"completed": 10, "failed": )" + failed +
                            R"(}, "ttft_s": {"p50": 0.5, "p99": )" + ttft +
                            R"(}, "tpot_s": {"p50": 0.04, "p99": 1}}}})",
                        question);
  };
  CHECK(size_verdict(figures("0", "1.9"), question).meets);
  CHECK(size_verdict(figures("0", "1.9"), question).excess == Approx(0.95));
  CHECK_FALSE(size_verdict(figures("0", "2.1"), question).meets);
  CHECK_FALSE(size_verdict(figures("1", "1.9"), question).meets);
  CHECK_THROWS_AS(size_figures("{}", question), std::runtime_error);
}

TEST_CASE("size: scenarios that ask nothing are told what is missing") {
  CHECK_THAT(problem(replaced(service, "    slo: { ttft_p99: 2 s, tpot_p50: 80 ms }\n", "")),
             Catch::Contains("service.yaml:7:5: error: jobs[0].slo: chat has no slo: nothing says how many"));
  CHECK_THAT(problem(service, "search"),
             Catch::Contains("service.yaml:7:3: error: jobs: --job search: no service of that name; expected chat"));
  CHECK_THAT(
      problem(replaced(service, "    slo:", "    autoscale: { max: 8, target_queue: 4 }\n    slo:")),
      Catch::Contains("service.yaml:17:16: error: jobs[0].autoscale: chat sizes itself while it runs; expected"));
  const std::string job = service.substr(service.find("  - name: chat"));
  CHECK_THAT(problem(service + replaced(job, "chat", "search")),
             Catch::Contains("service.yaml:7:3: error: jobs: 2 services (chat, search)"));
}

TEST_CASE("size: the answer is what trying every number finds") {
  const ScratchDirectory scratch;
  std::string text = replaced(service, "rate: 8 /s", "rate: 60 /s");
  text = replaced(text, "slo: { ttft_p99: 2 s, tpot_p50: 80 ms }", "slo: { tpot_p99: 30 ms }");
  const std::string file = scratch.write("service.yaml", text);
  int fewest_met = 0;
  for (int count = 8; count >= 1; --count) {
    const auto one =
        run_iccsim({"run", "--json", "-q", "--set", "jobs[0].replicas.count=" + std::to_string(count), file});
    REQUIRE(one.status == 0);
    const auto job = nlohmann::json::parse(one.output)["jobs"]["chat"];
    if (!job["meets_slo"].get<bool>()) {
      break;
    }
    fewest_met = count;
  }
  REQUIRE(fewest_met > 1);
  const auto sized = run_iccsim({"size", "--json", "-q", file});
  CHECK(sized.errors.empty());
  CHECK(sized.status == 0);
  const auto tree = nlohmann::json::parse(sized.output);
  CHECK(tree["answer"]["replicas"] == fewest_met);
  CHECK(tree["answer"]["cards"] == 2 * fewest_met);
  CHECK(tree["curve"]["highest_load"].get<double>() >= 60);
}

TEST_CASE("size: a platform that is too small has no answer") {
  const ScratchDirectory scratch;
  const std::string file =
      scratch.write("service.yaml", replaced(service, "ttft_p99: 2 s, tpot_p50: 80 ms", "tpot_p50: 0.1 ms"));
  const auto sized = run_iccsim({"size", "-q", file});
  CHECK(sized.status == 1);
  CHECK_THAT(sized.output, Catch::Contains("answer: none"));
}

TEST_CASE("size: a service that still fills up is noticed") {
  const ScratchDirectory scratch;
  const auto counted = size_question(scratch.write("service.yaml", service), {}, "");
  const auto timed =
      size_question(scratch.write("timed.yaml", replaced(replaced(service, "      count: 200\n", ""), "name: service\n",
                                                         "name: service\nduration: 20 s\n")),
                    {}, "");
  const auto growth = [](const std::vector<double>& waiting, const SizeQuestion& question) {
    nlohmann::json timeline = nlohmann::json::array();
    for (const double requests : waiting) {
      timeline.push_back({{"running", 2}, {"waiting", requests - 2}});
    }
    return size_figures(nlohmann::json{{"jobs", {{"chat", {{"timeline", timeline}}}}}}.dump(), question).growth;
  };
  CHECK(growth({2, 4, 8, 10, 10, 10, 12, 16}, timed) == Approx(14.0 / 10));
  CHECK(growth({2, 4, 8, 10, 10, 10, 12, 16}, counted) == Approx(10.0 / 9)); // the last quarter runs empty
  CHECK(growth({10, 10, 10, 10}, timed) == 1);
  CHECK(growth({}, timed) == 1);
}

TEST_CASE("size: what a request alone already misses is said at once") {
  const ScratchDirectory scratch;
  const std::string file =
      scratch.write("service.yaml", replaced(service, "ttft_p99: 2 s, tpot_p50: 80 ms", "ttft_p99: 1 ms"));
  const auto sized = run_iccsim({"size", "--json", "-q", file});
  CHECK(sized.status == 1);
  const auto tree = nlohmann::json::parse(sized.output);
  CHECK(tree["answer"].is_null());
  CHECK(tree["search"].empty()); // no number of replicas was tried
  CHECK_THAT(tree["note"].get<std::string>(), Catch::Contains("alone with a replica"));
}

TEST_CASE("size: a burst is not taken for a lasting rate") {
  const ScratchDirectory scratch;
  const auto note = [&scratch](const std::string& rate) {
    const std::string file = scratch.write("service.yaml", replaced(service, "rate: 8 /s", rate));
    const auto tree = nlohmann::json::parse(run_iccsim({"size", "--json", "-q", "--no-curve", file}).output);
    return tree["note"].is_string() ? tree["note"].get<std::string>() : std::string();
  };
  CHECK_THAT(note("rate: 1000 /s"), Catch::Contains("such a burst"));
  CHECK_THAT(note("rate: 8 /s"), !Catch::Contains("burst"));
}

TEST_CASE("size: requests alone with the service keep what a search finds possible") {
  const ScratchDirectory scratch;
  const auto question = size_question(scratch.write("service.yaml", service), {}, "");
  const auto settings = question.lone_settings(50);
  CHECK(settings == std::vector<std::string>{"jobs[0].replicas.count=1", "jobs[0].cards=2", "jobs[0].requests.count=50",
                                             "jobs[0].requests.arrival={process: closed, concurrency: 1}"});
  LoadOptions load;
  load.settings = settings;
  const auto scenario = load_scenario(question.file, load);
  const auto& spec = std::get<scenario::InferenceSpec>(scenario.jobs[0].what);
  CHECK(spec.requests.arrival.concurrency == 1);
  CHECK(spec.requests.arrival.rate_per_s == 0);
  scenario::RequestsSpec trace;
  trace.trace = "trace.csv";
  trace.time_scale = 0.5;
  CHECK(lone_settings(trace, 2, 10) ==
        std::vector<std::string>{"jobs[2].requests.count=10", "jobs[2].requests.time_scale=500000"});
}

TEST_CASE("size: a bad row of the trace ends everything before it begins") {
  const ScratchDirectory scratch;
  scratch.write("trace.csv", "arrival_s,prompt_tokens,output_tokens\n0,10,10\n1,-5,10\n");
  const std::string at =
      "      arrival: { process: poisson, rate: 8 /s }\n      prompt: 512\n      output: 64\n      count: 200\n";
  const std::string file = scratch.write("service.yaml", replaced(service, at, "      trace: trace.csv\n"));
  for (const std::string command : {"check", "run", "size"}) {
    const auto answer = run_iccsim({command, file});
    CHECK(answer.status == 2);
    CHECK_THAT(answer.errors, Catch::Contains("trace.csv:3:3: error: jobs[0].requests.trace: prompt_tokens is '-5'"));
    CHECK(answer.output.empty());
  }
}

TEST_CASE("size: what did not finish in time misses the promise, and what has no sample misses none") {
  const ScratchDirectory scratch;
  const auto question = size_question(scratch.write("service.yaml", service), {}, "");
  const auto verdict = [&](const std::string& figures) {
    return size_verdict(size_figures(R"({"jobs": {"chat": )" + figures + "}}", question), question);
  };
  const std::string kept = R"({"requests": {"completed": 9, "failed": 0, "unfinished": 1}, "ttft_s": {"p99": 1},
                               "tpot_s": {"p50": null}, "slo_attainment": 0.9, "meets_slo": )";
  CHECK(verdict(kept + "true}").meets);
  CHECK(verdict(kept + "true}").excess == 0.5);
  CHECK_FALSE(verdict(kept + "false}").meets);
  CHECK(verdict(kept + "false}").excess == Approx(1.1));
  CHECK_FALSE(verdict(R"({"requests": {"completed": 0, "failed": 0, "unfinished": 9}, "meets_slo": false})").meets);
}

TEST_CASE("size: where nothing finishes within the duration it asks for a longer one") {
  const ScratchDirectory scratch;
  const std::string file =
      scratch.write("short.yaml", replaced(service, "name: service\n", "name: service\nduration: 10 ms\n"));
  CHECK_THAT(run_iccsim({"size", "--no-curve", file}).output, Catch::Contains("a longer `duration` is needed"));
}
