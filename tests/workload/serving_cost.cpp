// Iterations of an inference engine against closed forms: rooflines, FLOPs, bytes, and what must be monotone.
#include "serving_bench.hpp"

#include "iccsim/workload/transformer.hpp"
#include "workload/serving/layer_clock.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace iccsim;
using namespace serving_bench;
using collective_bench::cluster;

TEST_CASE("Oracle: one decode takes the weights over the memory bandwidth") {
  const Bench bench(llama_70b());
  const ServingCost cost = bench.cost();
  // The token table is looked up, not read.
  const double read = 2 * (workload::total_parameters(bench.spec.model) - 8192.0 * 128256);
  CHECK(cost.decode({1}).base.total_s() == Approx(read / memory_bytes_per_s).epsilon(0.01));
}

TEST_CASE("Oracle: a long prompt takes two FLOPs a parameter and token, and the masked half of the scores") {
  const Bench bench(llama_70b());
  const double tokens = 8192;
  // Logits belong to the last token alone.
  const double products = 2 * (workload::total_parameters(bench.spec.model) - 2 * 8192.0 * 128256) * tokens;
  const double scores = 80.0 * 64 * 128 * 4 * tokens * (tokens + 1) / 2;
  const double expected = (products + scores) / peak_flops;
  // Norms, activations and positions come on top.
  const double simulated = bench.cost().iteration({prompt(tokens)}).total_s();
  CHECK(simulated > expected);
  CHECK(simulated < 1.1 * expected);
}

TEST_CASE("KV of one token: 320 KiB of Llama 3 70B, 70 KB of DeepSeek-V3") {
  CHECK(Bench(llama_70b()).cost(8).kv_bytes_per_token() == 320.0 * 1024);
  // 61 layers x (512 + 64) x 2 B = 70,272 B (DeepSeek-V2, arXiv 2405.04434, table 1 counts the same elements).
  CHECK(Bench(deepseek_v3()).cost(8).kv_bytes_per_token() == 61.0 * 576 * 2);
}

TEST_CASE("Weights: every parameter once over the cards of a replica, in its own precision") {
  Bench bench(llama_70b());
  CHECK(bench.cost().weight_bytes() == Approx(2 * workload::total_parameters(bench.spec.model)));
  CHECK(bench.cost(8).weight_bytes() * 8 == Approx(bench.cost().weight_bytes()).epsilon(0.001));
  Bench experts(deepseek_v3());
  experts.spec.expert_precision = scenario::Precision::fp8;
  const double routed = 58.0 * 256 * 3 * 7168 * 2048;
  CHECK(experts.cost(8).model_bytes() == Approx(2 * workload::total_parameters(experts.spec.model) - routed));
}

TEST_CASE("Projections of attention that quantization leaves out are stored and read in sixteen bits") {
  Bench narrow(llama_70b());
  narrow.spec.precision = scenario::Precision::fp8;
  Bench kept(llama_70b());
  kept.spec.precision = scenario::Precision::fp8;
  kept.spec.attention_precision = scenario::Precision::bf16;
  Bench out_again(llama_70b());
  out_again.spec = kept.spec;
  out_again.spec.attention_output_precision = scenario::Precision::fp8;
  const double inputs = 80.0 * 8192 * (64 + 2 * 8) * 128;
  const double output = 80.0 * 8192 * 8192;
  CHECK(kept.cost().weight_bytes() - narrow.cost().weight_bytes() == Approx(inputs + output));
  CHECK(out_again.cost().weight_bytes() - narrow.cost().weight_bytes() == Approx(inputs));
  const auto decode = [](const Bench& bench) { return bench.cost().decode({1}).base.total_s(); };
  CHECK(decode(kept) - decode(narrow) == Approx((inputs + output) / memory_bytes_per_s).epsilon(0.001));
  CHECK(decode(out_again) - decode(narrow) == Approx(inputs / memory_bytes_per_s).epsilon(0.001));
  // Prompts: half of the rate.
  const auto prefill = [](const Bench& bench) { return bench.cost().iteration({prompt(8192)}).total_s(); };
  CHECK(prefill(kept) - prefill(narrow) == Approx((inputs + output) * 8192 / peak_flops).epsilon(0.01));
}

TEST_CASE("Integer weights of four bits are read in a quarter of the time, and multiplied in sixteen bits") {
  const Bench wide(llama_70b());
  Bench narrow(llama_70b());
  narrow.spec.weight_precision = scenario::Precision::int4;
  const double stored = (0.5 + 2.5 / 128) / 2; // a 16-bit scale and a 4-bit zero point for 128 weights
  // Token table, logits and norms stay in sixteen bits.
  const double kept = 2 * 8192.0 * (2 * 128256 + 2 * 80 + 1);
  CHECK(narrow.cost().weight_bytes() == Approx(stored * (wide.cost().weight_bytes() - kept) + kept));
  const double decode = wide.cost().decode({1}).base.total_s();
  CHECK(narrow.cost().decode({1}).base.total_s() == Approx(stored * decode).epsilon(0.1));
  const double prefill = wide.cost().iteration({prompt(8192)}).total_s();
  CHECK(narrow.cost().iteration({prompt(8192)}).total_s() == Approx(prefill).epsilon(0.02));
}

TEST_CASE("KV blocks fill what weights leave, and fewer fit of wider elements") {
  Bench bench(llama_70b());
  const double wide = bench.cost(8).kv_blocks();
  bench.spec.kv_precision = scenario::Precision::fp8;
  CHECK(bench.cost(8).kv_blocks() == Approx(2 * wide).epsilon(0.001));
  bench.spec.engine.kv_blocks = 1234;
  CHECK(bench.cost(8).kv_blocks() == 1234);
}

TEST_CASE("A model that does not fit is refused with a sentence") {
  Bench bench(deepseek_v3());
  bench.spec.engine.memory_utilization = 0.1;
  CHECK_THROWS_WITH(bench.cost(), Catch::Contains("no memory is left for KV"));
}

TEST_CASE("Oracle: a decode iteration is its base and a slope times the context") {
  for (const auto& model : {llama_70b(), deepseek_v3()}) {
    const Bench bench(model, 2);
    const ServingCost cost = bench.cost(2, 8, 16);
    for (const double sequences : {1.0, 17.0, 300.0}) {
      const auto affine = cost.decode(std::vector<double>(8, sequences));
      for (const double context : {0.0, 10.0, 5000.0}) {
        const double whole = cost.iteration(std::vector<IterationLoad>(8, decodes(sequences, context))).total_s();
        CHECK(affine.base.total_s() + affine.per_context_s * sequences * context == Approx(whole).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("Oracle: decode attention reads the KV of its card once") {
  const Bench bench(llama_70b());
  const double bytes = bench.cost(8).kv_bytes_per_token() / 8;
  CHECK(bench.cost(8).decode({1}).per_context_s == Approx(bytes / memory_bytes_per_s));
}

TEST_CASE("Oracle: experts that even choices reach, by trial") {
  // 32 tokens of 8 different experts out of 256: 256 x (1 - (1 - 8/256)^32).
  CHECK(workload::serving::reached_experts(256, 256, 8, 32) == Approx(256 * (1 - std::pow(1 - 8.0 / 256, 32))));
  CHECK(workload::serving::reached_experts(32, 256, 8, 1) == Approx(1));
  CHECK(workload::serving::reached_experts(32, 256, 8, 1e6) == Approx(32));
}

TEST_CASE("Times grow with the batch, the context and the prompt, and shrink with tensor parallelism") {
  for (const auto& model : {llama_70b(), deepseek_v3()}) {
    const Bench bench(model);
    const ServingCost cost = bench.cost(8);
    double before = 0;
    for (const double sequences : {1.0, 2.0, 8.0, 64.0, 512.0}) {
      const double now = cost.iteration({decodes(sequences, 1000)}).total_s();
      CHECK(now > before);
      before = now;
    }
    CHECK(cost.iteration({decodes(8, 4000)}).total_s() > cost.iteration({decodes(8, 1000)}).total_s());
    CHECK(cost.iteration({prompt(4096)}).total_s() > cost.iteration({prompt(1024)}).total_s());
    CHECK(bench.cost(4).iteration({decodes(64, 1000)}).compute_s > cost.iteration({decodes(64, 1000)}).compute_s);
  }
}

TEST_CASE("Calls inside a scale-up domain are timed; those across nodes are left to the network") {
  const Bench bench(deepseek_v3(), 4);
  const auto inside = bench.cost(8).iteration({decodes(64, 1000)});
  CHECK(inside.fabric.empty());
  CHECK(inside.local_comm_s > 0);
  const ServingCost wide = bench.cost(1, 32, 32);
  const auto across = wide.iteration(std::vector<IterationLoad>(32, decodes(64, 1000)));
  REQUIRE(across.fabric.size() == 2); // dispatch and combine
  for (const auto& call : across.fabric) {
    CHECK(call.calls == 58);
    CHECK(call.shape < wide.fabric_shapes().size());
  }
  CHECK(across.idle_fabric_s > 0);
}

TEST_CASE("Oracle: prompts cross the fabric once a domain, decodes once a rank of experts") {
  Bench bench(deepseek_v3(), 4);
  bench.spec.software.dispatch_once = true;
  const ServingCost wide = bench.cost(1, 32, 32);
  const double tokens = 64;
  const auto prompts = wide.iteration(std::vector<IterationLoad>(32, prompt(tokens)));
  const auto decoded = wide.iteration(std::vector<IterationLoad>(32, decodes(tokens, 0)));
  REQUIRE(prompts.fabric.size() == 2);
  REQUIRE(decoded.fabric.size() == 2);
  const auto reached = [](double places) { return places * (1 - std::pow(1 - 1 / places, 8)); };
  CHECK(prompts.fabric[1].bytes / decoded.fabric[1].bytes == Approx(reached(4) / reached(32)));
}

TEST_CASE("Without a captured graph the host's work joins the device's: more than the longer, less than the sum") {
  Bench bench(llama_70b());
  const double device_s = bench.cost(8).iteration({prompt(512)}).compute_s;
  bench.spec.software.fallback->serving->prefill_launch_s = 20e-6;
  const double both_s = bench.cost(8).iteration({prompt(512)}).compute_s;
  // Eighty layers of ten to twenty kernels.
  CHECK(both_s > std::max(device_s, 80 * 10 * 20e-6));
  CHECK(both_s < device_s + 80 * 20 * 20e-6);
  CHECK(bench.cost(8).decode({8}).base.compute_s == Approx(Bench(llama_70b()).cost(8).decode({8}).base.compute_s));
}

TEST_CASE("Stages of a pipeline share the work of many sequences and none of one") {
  const Bench bench(llama_70b());
  const double one = bench.cost(1).decode({1}).base.compute_s;
  CHECK(bench.cost(1, 1, 1, 4).decode({1}).base.compute_s == Approx(one));
  // All four stages read their weights for each quarter of the batch.
  const double many = bench.cost(1).iteration({prompt(8192)}).compute_s;
  CHECK(bench.cost(1, 1, 1, 4).iteration({prompt(8192)}).compute_s == Approx(many / 4).epsilon(0.02));
}
