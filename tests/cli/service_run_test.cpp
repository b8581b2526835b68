// What a run says of a service beside its latencies: memory of its cards, rows of its trace.
#include "cli/command_line.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim::cli::test;

namespace {

const std::string service = R"(version: 1
name: service
platform: { nodes: [{ name: gpu, type: dgx-h100, count: 1 }], fabric: { type: single_switch } }
jobs:
  - name: chat
    type: inference
    model: llama3-70b
    replicas: { tensor: 4 }
    requests: { arrival: { process: constant, rate: 2 /s }, prompt: 100, output: 10, count: 5 }
)";

nlohmann::json chat_of(const std::string& output) {
  return nlohmann::json::parse(output)["jobs"]["chat"];
}

} // namespace

TEST_CASE("result.json says what fills the memory of a service's cards, as the engine allots it") {
  const ScratchDirectory scratch;
  const auto answer = run_iccsim({"run", "-q", "--json", scratch.write("s.yaml", service)});
  REQUIRE(answer.status == 0);
  const auto job = chat_of(answer.output);
  const auto memory = job["memory"];
  // 80 layers, 8 heads of keys and values of 128 in 16 bits, over 4 cards.
  const double token_bytes = 2 * 80 * 8 * 128 * 2 / 4.0;
  CHECK(memory["kv_bytes"].get<double>() == Approx(job["kv"]["blocks"].get<double>() * 16 * token_bytes));
  CHECK(memory["weights_bytes"].get<double>() == Approx(2 * 70.55e9 / 4).epsilon(0.01));
  double sum = 0;
  for (const char* part : {"weights_bytes", "kv_bytes", "activations_bytes", "reserved_bytes"}) {
    sum += memory[part].get<double>();
  }
  CHECK(memory["total_bytes"].get<double>() == Approx(sum));
  CHECK(sum <= 0.9 * memory["capacity_bytes"].get<double>());
  CHECK(sum > 0.9 * memory["capacity_bytes"].get<double>() - 16 * token_bytes); // not one block more has room
  CHECK_FALSE(memory.contains("prefill"));
}

TEST_CASE("prefill and decode each have their memory in result.json") {
  const ScratchDirectory scratch;
  const auto answer =
      run_iccsim({"run", "-q", "--json", "--set",
                  "jobs[0].disaggregation={ prefill: 1, decode: { count: 1, engine: { kv_blocks: 100 } } }",
                  scratch.write("s.yaml", service)});
  REQUIRE(answer.status == 0);
  const auto memory = chat_of(answer.output)["memory"];
  CHECK(memory["decode"]["kv_bytes"].get<double>() == Approx(100 * 16 * 2 * 80 * 8 * 128 * 2 / 4.0));
  CHECK(memory["prefill"]["kv_bytes"].get<double>() > memory["decode"]["kv_bytes"].get<double>());
  CHECK(memory["total_bytes"] == memory["prefill"]["total_bytes"]); // the fuller one
}

TEST_CASE("rows of a trace that are left out are told of, in the log and in result.json") {
  const ScratchDirectory scratch;
  scratch.write("burst.csv", "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                             "5,ChatGPT,472,18,490,Conversation log\n"
                             "6,ChatGPT,1087,0,1087,Conversation log\n"
                             "7,GPT-4,417,27,444,Conversation log\n");
  std::string text = service;
  text = text.substr(0, text.find("    requests:")) + "    requests: { trace: burst.csv, format: burstgpt }\n";
  const auto file = scratch.write("s.yaml", text);
  const auto answer = run_iccsim({"run", "--json", "--no-what-if", file});
  REQUIRE(answer.status == 0);
  const auto job = chat_of(answer.output);
  CHECK(job["requests"]["completed"] == 2);
  CHECK(job["trace"]["rows"] == 3);
  CHECK(job["trace"]["left_out"] == 1);
  CHECK(job["trace"]["first_left_out_line"] == 3);
  CHECK(job["trace"]["left_out_why"].get<std::string>().find("0 output tokens") == 0);
  const std::string note = "1 of 3 rows of the trace left out, the first in line 3 (0 output tokens";
  CHECK(answer.errors.find("chat: note: " + note) != std::string::npos);
  const auto summary = run_iccsim({"run", "-q", "--no-what-if", file});
  CHECK(summary.errors.empty());
  CHECK(summary.output.find("1 of 3 rows of the trace left out") != std::string::npos);
}
