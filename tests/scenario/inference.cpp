// Inference services as files say them.
#include "fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace iccsim::scenario;
using namespace iccsim::scenario::test;

namespace {

/// `keys` are those of the job beside name, type and model, one a line.
std::string service(const std::string& keys, const std::string& model = "llama3-70b") {
  std::string yaml = "version: 1\nplatform:\n  nodes: [ { name: gpu, type: dgx-a100-80g, count: 16 } ]\n"
                     "  fabric: rail-2tier\n  storage:\n"
                     "    - { name: pfs, servers: 4, read: 40 GB/s, write: 30 GB/s, nic: 200 Gbps }\n"
                     "jobs:\n  - name: chat\n    type: inference\n    model: " +
                     model + "\n";
  std::size_t start = 0;
  while (start < keys.size()) {
    const std::size_t end = std::min(keys.find('\n', start), keys.size());
    yaml += "    " + keys.substr(start, end - start) + "\n";
    start = end + 1;
  }
  return yaml;
}

const std::string few_requests = "requests: { arrival: { rate: 12 /s }, prompt: 1024, output: 256, count: 100 }\n";

const InferenceSpec& inference_of(const Scenario& scenario) {
  return std::get<InferenceSpec>(scenario.jobs.at(0).what);
}

} // namespace

TEST_CASE("A draft model costs what its weights take to read beside the model's") {
  const Scenario scenario = read_good(service(
      "replicas: { tensor: 4 }\nengine: { speculative: { tokens: 3, acceptance: 0.7, draft: mixtral-8x7b } }\n" +
      few_requests));
  const SpeculativeSpec& speculative = inference_of(scenario).engine.speculative;
  CHECK(speculative.draft == "mixtral-8x7b");
  // 12.75 of 69.50 billion: what a token passes through, without the embedding tables.
  CHECK(speculative.draft_cost == Approx(12.75 / 69.50).epsilon(0.001));
}

TEST_CASE("The contract's service becomes what it says") {
  const Scenario scenario = read_good(service(R"(replicas: { count: 4, tensor: 8, pipeline: 1, expert: 1 }
precision: bf16
kv_precision: bf16
engine: { max_batch: 256, max_batched_tokens: 8192, chunked_prefill: true, kv_block: 16, prefix_cache: false }
disaggregation: { prefill: 2, decode: 2 }
requests:
  arrival: { process: poisson, rate: 12 /s }
  prompt: { distribution: lognormal, mean: 1024, cv: 1.0 }
  output: { distribution: lognormal, mean: 256, cv: 0.8 }
  count: 10000
slo: { ttft_p99: 2 s, tpot_p99: 50 ms })"));
  CHECK(scenario.jobs[0].cards == 32);
  const InferenceSpec& job = inference_of(scenario);
  CHECK(job.model.name == "llama3-70b");
  CHECK(job.replicas.count == 4);
  REQUIRE(job.disaggregation);
  CHECK(job.disaggregation->prefill.count == 2);
  CHECK(job.disaggregation->prefill.tensor == 8);
  CHECK(job.disaggregation->decode.tensor == 8);
  CHECK_FALSE(job.disaggregation->decode_engine);
  CHECK(job.kv_precision == Precision::bf16);
  CHECK_FALSE(job.weight_precision);
  CHECK(job.engine.max_batched_tokens == 8192);
  CHECK(job.requests.arrival.process == ArrivalProcess::poisson);
  CHECK(job.requests.arrival.rate_per_s == 12);
  CHECK(job.requests.prompt.distribution == LengthDistribution::lognormal);
  CHECK(job.requests.prompt.mean == 1024);
  CHECK(job.requests.output.cv == 0.8);
  CHECK(job.requests.count == 10000);
  CHECK(job.slo.ttft_p99_s == 2.0);
  CHECK(job.slo.tpot_p99_s == 0.05);
  CHECK_FALSE(job.slo.e2e_p99_s);
}

TEST_CASE("What a service leaves out has its default") {
  const Scenario scenario = read_good(service(few_requests));
  CHECK(scenario.jobs[0].cards == 1);
  const InferenceSpec& job = inference_of(scenario);
  CHECK(job.software.name == "vllm");
  CHECK(job.router == Router::least_loaded);
  CHECK(job.engine.max_batch == 256);
  CHECK(job.engine.chunked_prefill);
  CHECK(job.requests.prompt.distribution == LengthDistribution::constant);
  CHECK(job.requests.prompt.mean == 1024);
  CHECK_FALSE(job.kv_precision);
  CHECK_FALSE(job.autoscale);
  CHECK(job.weights.empty());
}

TEST_CASE("Cards follow from the replicas") {
  const auto cards = [](const std::string& keys, const std::string& model = "llama3-70b") {
    return read_good(service(keys + few_requests, model)).jobs[0].cards;
  };
  CHECK(cards("replicas: { count: 3, tensor: 4, pipeline: 2 }\n") == 24);
  CHECK(cards("replicas: { count: 2, tensor: 2, data: 4, expert: 8 }\n", "mixtral-8x7b") == 16);
  CHECK(cards("cards: 24\nreplicas: { count: 3, tensor: 8 }\n") == 24);
  CHECK(cards("replicas: { tensor: 8 }\ndisaggregation: { prefill: 3, decode: { count: 2, tensor: 4 } }\n") == 32);
  CHECK(cards("replicas: { count: 2, tensor: 8 }\nautoscale: { min: 1, max: 5, target_queue: 4 }\n") == 40);
}

TEST_CASE("The two pools of disaggregation start from the job's replicas and engine") {
  const InferenceSpec job = inference_of(
      read_good(service("disaggregation: { prefill: 1, decode: { count: 2, tensor: 4, engine: { max_batch: 64 } } }\n"
                        "engine: { max_batch: 128, kv_block: 32 }\nreplicas: { tensor: 8 }\n" +
                        few_requests)));
  CHECK(job.disaggregation->prefill.tensor == 8);
  CHECK(job.disaggregation->decode.tensor == 4);
  CHECK_FALSE(job.disaggregation->prefill_engine);
  REQUIRE(job.disaggregation->decode_engine);
  CHECK(job.disaggregation->decode_engine->max_batch == 64);
  CHECK(job.disaggregation->decode_engine->kv_block == 32);
  CHECK(job.replicas.count == 3);
}

TEST_CASE("Every key of an engine reaches its member") {
  const EngineSpec engine =
      inference_of(
          read_good(service("engine: { max_batch: 64, max_batched_tokens: 2048, chunked_prefill: false, kv_block: 32, "
                            "kv_blocks: 1000, memory_utilization: 85 %, prefix_cache: true, preemption: swap, "
                            "queue: priority, max_context: 16384, "
                            "speculative: { tokens: 3, acceptance: 0.7, draft_cost: 0.1 }, "
                            "kv_offload: { host: 64 GB, nvme: 1 TB, storage: pfs, storage_capacity: 10 TB } }\n"
                            "requests: { arrival: { rate: 12 /s }, prompt: 1024, output: 256, count: 100, "
                            "priorities: [{ priority: 1, share: 10 % }, { priority: 0, share: 90 % }] }\n")))
          .engine;
  CHECK(engine.max_batch == 64);
  CHECK_FALSE(engine.chunked_prefill);
  CHECK(engine.kv_blocks == 1000);
  CHECK(engine.memory_utilization == Approx(0.85));
  CHECK(engine.prefix_cache);
  CHECK(engine.preemption == Preemption::swap);
  CHECK(engine.queue == QueuePolicy::priority);
  CHECK(engine.max_context == 16384);
  CHECK(engine.speculative.tokens == 3);
  CHECK(engine.speculative.acceptance == 0.7);
  CHECK(engine.speculative.draft_cost == 0.1);
  CHECK(engine.kv_offload.host_bytes == 64e9);
  CHECK(engine.kv_offload.nvme_bytes == 1e12);
  CHECK(engine.kv_offload.storage == "pfs");
  CHECK(engine.kv_offload.storage_bytes == 10e12);
}

TEST_CASE("Requests come in every way that the language has") {
  const auto requests = [](const std::string& text) {
    return inference_of(read_good(service("requests: { " + text + " }"))).requests;
  };
  const std::string lengths = ", prompt: 2K, output: { distribution: uniform, min: 10, max: 200 }, count: 1M";
  SECTION("bursts") {
    const auto r = requests("arrival: { process: gamma, cv: 3, rate: 600 /min }" + lengths);
    CHECK(r.arrival.rate_per_s == Approx(10));
    CHECK(r.arrival.cv == 3);
    CHECK(r.prompt.mean == 2000);
    CHECK(r.output.low == 10);
    CHECK(r.output.high == 200);
    CHECK(r.count == 1e6);
  }
  SECTION("clients") {
    const auto r = requests("arrival: { process: closed, concurrency: 64, think: 5 s, ramp: 1 min }" + lengths);
    CHECK(r.arrival.concurrency == 64);
    CHECK(r.arrival.think_s == 5);
    CHECK(r.arrival.ramp_s == 60);
  }
  SECTION("a day") {
    const auto r =
        requests("arrival: { period: 1 d, curve: [ { at: 0 h, rate: 36 /h }, { at: 12 h, rate: 1 /s } ] }" + lengths);
    REQUIRE(r.arrival.curve.size() == 2);
    CHECK(r.arrival.curve[0].rate_per_s == Approx(0.01));
    CHECK(r.arrival.curve[1].at_s == 43200);
    CHECK(r.arrival.period_s == 86400);
  }
  SECTION("conversations, shared beginnings and classes") {
    const auto r = requests("arrival: { rate: 1 /s }, turns: { count: { distribution: uniform, min: 1, max: 8 }, "
                            "think: 30 s }, shared_prefix: { tokens: 1K, groups: 20, skew: 1.1 }, "
                            "priorities: [ { priority: 1, share: 20 % }, { priority: -1, share: 0.8 } ]" +
                            lengths);
    CHECK(r.turns.count.high == 8);
    CHECK(r.turns.think_s == 30);
    CHECK(r.shared_prefix.tokens == 1000);
    CHECK(r.shared_prefix.groups == 20);
    CHECK(r.shared_prefix.skew == 1.1);
    REQUIRE(r.priorities.size() == 2);
    CHECK(r.priorities[0].share == Approx(0.2));
    CHECK(r.priorities[1].priority == -1);
  }
}

TEST_CASE("A trace lies beside the scenario and says the rest") {
  const TemporaryFile trace("arrival_s,prompt_tokens,output_tokens\n0,10,10\n");
  const std::string name = trace.path().filename().string();
  const auto r = inference_of(read_good(service("requests: { trace: " + name +
                                                ", format: mooncake, time_scale: 0.5, repeat: 3, block_tokens: 256 }")))
                     .requests;
  CHECK(r.trace == name);
  CHECK(r.format == TraceFormat::mooncake);
  CHECK(r.time_scale == 0.5);
  CHECK(r.repeat == 3);
  CHECK(r.block_tokens == 256);
}

TEST_CASE("A stack's calibration holds what an engine needs") {
  const SoftwareSpec software = inference_of(read_good(service(few_requests))).software;
  REQUIRE(software.fallback);
  REQUIRE(software.fallback->serving);
  CHECK(software.fallback->serving->iteration_s == Approx(1e-3));
  CHECK(software.fallback->serving->weight_read_efficiency == Approx(0.75));
  CHECK(software.fallback->serving->reserved_bytes == 2e9);
  CHECK(software.fallback->serving->graph_max_batch == 256);
  CHECK(software.fallback->serving->moe_read_efficiency == Approx(0.7));
}

TEST_CASE("Precisions, router, scaling and weights are read") {
  const InferenceSpec job = inference_of(read_good(service(
      "precision: bf16\nweight_precision: fp8\nexpert_precision: fp4\nkv_precision: fp8\nrouter: prefix_aware\n"
      "engine: { prefix_cache: true }\n"
      "weights: pfs\nreplicas: { count: 2, tensor: 8, redundant_experts: 8, expert: 8, expert_balancing: true }\n"
      "autoscale: { min: 2, max: 4, target_kv: 80 %, target_requests: 20, tolerance: 5 %, interval: 30 s,\n"
      "             scale_up_after: 1 min, scale_down_after: 10 min, start: 20 s }\n" +
          few_requests,
      "mixtral-8x7b")));
  CHECK(job.weight_precision == Precision::fp8);
  CHECK(job.expert_precision == Precision::fp4);
  CHECK(job.kv_precision == Precision::fp8);
  CHECK(job.router == Router::prefix_aware);
  CHECK(job.weights == "pfs");
  CHECK(job.replicas.redundant_experts == 8);
  CHECK(job.replicas.expert_balancing);
  REQUIRE(job.autoscale);
  CHECK(job.autoscale->target_kv == Approx(0.8));
  CHECK(job.autoscale->target_requests == 20);
  CHECK(job.autoscale->target_queue == 0);
  CHECK(job.autoscale->tolerance == Approx(0.05));
  CHECK(job.autoscale->scale_up_after_s == 60);
  CHECK(job.autoscale->interval_s == 30);
  CHECK(job.autoscale->scale_down_after_s == 600);
  CHECK(job.autoscale->start_s == 20);
}
