#include "iccsim/workload/memory.hpp"

#include "workload/memory_jobs.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace iccsim::scenario;
using namespace iccsim::workload;
using namespace iccsim::test;
using Catch::Contains;

namespace {

std::string figure(const PretrainingSpec& spec, int cards) {
  return fmt::format("{:.1f} GB", fullest_stage_memory(spec, Plan(spec, cards)).total() / 1e9);
}

struct Job {
  const char* name;
  PretrainingSpec spec;
  int cards;
};

PretrainingSpec with_batch(PretrainingSpec spec, int global, int micro, Recompute recompute) {
  spec.batch.global = global;
  spec.batch.micro = micro;
  spec.recompute = recompute;
  return spec;
}

PretrainingSpec llama405b(int cards) {
  PretrainingSpec spec = llama_job(126, 16384, 128, 8, 53248, 128256);
  spec.parallelism.tensor = 8;
  spec.parallelism.pipeline = 16;
  spec.parallelism.first_stage_layers = spec.parallelism.last_stage_layers = 7;
  spec.parallelism.sequence = true;
  spec.parallelism.sharding = Sharding::gradients;
  spec.batch = {cards / 8, 1, 8192};
  return spec;
}

PretrainingSpec nemotron340b() {
  PretrainingSpec spec = llama_job(96, 18432, 96, 8, 73728, 256000);
  spec.model.activation = Activation::squared_relu;
  spec.parallelism.tensor = 8;
  spec.parallelism.pipeline = 12;
  spec.parallelism.virtual_stages = 8;
  spec.parallelism.schedule = Schedule::interleaved;
  spec.parallelism.sequence = true;
  spec.parallelism.sharding = Sharding::optimizer;
  spec.batch = {768, 1, 4096};
  return spec;
}

PretrainingSpec deepseek_v3() { // arXiv 2412.19437, section 3.2: 16-way pipeline, 64-way experts, ZeRO-1, recomputation
  PretrainingSpec spec = llama_job(61, 7168, 128, 128, 18432, 129280);
  spec.model.attention = AttentionKind::mla;
  spec.model.latent = {1536, 512, 64, 128, 128};
  spec.model.moe.experts = 256;
  spec.model.moe.top_k = 8;
  spec.model.moe.shared = 1;
  spec.model.moe.expert_ffn = 2048;
  spec.model.moe.first_dense_layers = 3;
  spec.parallelism.pipeline = 16;
  spec.parallelism.expert = 64;
  spec.parallelism.schedule = Schedule::dualpipe;
  spec.parallelism.sharding = Sharding::optimizer;
  spec.precision = Precision::fp8;
  spec.recompute = Recompute::selective;
  spec.batch = {15360, 1, 4096};
  return spec;
}

PretrainingSpec internlm7b(int group) {
  PretrainingSpec spec = llama_job(32, 4096, 32, 32, 11008, 103168);
  spec.parallelism.sharding = Sharding::optimizer;
  spec.parallelism.sharding_group = group;
  spec.batch = {8192, 2, 2048};
  return spec;
}

PretrainingSpec zero3(PretrainingSpec spec) {
  spec.parallelism.sharding = Sharding::parameters;
  spec.software.fp32_gradients = 0;
  return spec;
}

std::vector<Job> published_jobs() {
  const Recompute full = Recompute::full;
  return {
      // Narayanan et al. SC'21, table 1.
      {"1.7B", with_batch(gpt_job(24, 2304, 24, 1, 1, 1), 512, 16, full), 32},
      {"3.6B", with_batch(gpt_job(30, 3072, 32, 2, 1, 1), 512, 16, full), 64},
      {"7.5B", with_batch(gpt_job(36, 4096, 32, 4, 1, 1), 512, 16, full), 128},
      {"18.4B", with_batch(gpt_job(40, 6144, 48, 8, 1, 1), 1024, 8, full), 256},
      {"39.1B", with_batch(gpt_job(48, 8192, 64, 8, 2, 1), 1536, 4, full), 512},
      {"76.1B", with_batch(gpt_job(60, 10240, 80, 8, 4, 3), 1792, 2, full), 1024},
      {"145.6B", with_batch(gpt_job(80, 12288, 96, 8, 8, 2), 2304, 2, full), 1536},
      {"310.1B", with_batch(gpt_job(96, 16384, 128, 8, 16, 2), 2160, 1, full), 1920},
      {"529.6B", with_batch(gpt_job(105, 20480, 128, 8, 35, 3), 2520, 1, full), 2520},
      {"1T", with_batch(gpt_job(128, 25600, 160, 8, 64, 1), 3072, 1, full), 3072},
      // The same paper, table 2: ZeRO-3.
      {"ZeRO-3 174.6B", with_batch(zero3(gpt_job(96, 12288, 96, 1, 1, 1)), 1536, 4, full), 384},
      {"ZeRO-3 529.6B", with_batch(zero3(gpt_job(105, 20480, 128, 1, 1, 1)), 2560, 4, full), 640},
      {"MT-NLG 530B", with_batch(gpt_job(105, 20480, 128, 8, 35, 1), 1920, 1, full), 2240}, // Smith et al. 2022
      {"Llama 3 405B, 8k", llama405b(8192), 8192},                                          // arXiv 2407.21783, table 4
      {"Llama 3 405B, 16k", llama405b(16384), 16384},
      {"Nemotron-4 340B", nemotron340b(), 1536},           // arXiv 2406.11704, table 2
      {"DeepSeek-V3", deepseek_v3(), 2048},                // arXiv 2412.19437
      {"InternLM 7B, ZeRO-1 over 8", internlm7b(8), 1024}, // InternEvo's training performance page
      {"InternLM 7B, ZeRO-1 over all", internlm7b(0), 1024},
  };
}

PretrainingSpec too_large() {
  PretrainingSpec spec = gpt_job(24, 2304, 24, 1, 1, 1);
  spec.batch = {512, 16, 2048};
  return spec;
}

} // namespace

TEST_CASE("jobs that were run fit the cards that they ran on") {
  for (const Job& job : published_jobs()) {
    INFO(job.name);
    REQUIRE(plan_problem(job.spec, job.cards) == "");
    CHECK(explain_misfit(job.spec, job.cards, a100_bytes) == "");
  }
}

TEST_CASE("GPT-3 175B does not fit eight cards, whatever is done") {
  PretrainingSpec spec = gpt_job(96, 12288, 96, 8, 1, 1);
  spec.batch.global = 8;
  const std::string text = explain_misfit(spec, 8, a100_bytes);
  CHECK_THAT(text, Contains("more cards, or cards with more memory, are needed"));
  CHECK_THAT(text, Contains("recompute: full"));
}

TEST_CASE("a misfit says by how much, and what each remedy leaves") {
  const PretrainingSpec spec = too_large();
  const double need = fullest_stage_memory(spec, Plan(spec, 16)).total();
  const std::string text = explain_misfit(spec, 16, a100_bytes);
  INFO(text);
  CHECK_THAT(text, Contains("needs " + fmt::format("{:.1f} GB", need / 1e9)));
  CHECK_THAT(text, Contains(fmt::format("{:.1f} GB more than the 85.9 GB it has", (need - a100_bytes) / 1e9)));
  PretrainingSpec full = spec;
  full.recompute = Recompute::full;
  CHECK_THAT(text, Contains("recompute: full (" + figure(full, 16) + ")"));
  PretrainingSpec micro = spec;
  micro.batch.micro = 1;
  CHECK_THAT(text, Contains("micro: 1 (" + figure(micro, 16) + ")"));
  PretrainingSpec tensor = spec;
  tensor.parallelism.tensor = 8;
  CHECK_THAT(text, Contains("tensor: 8 (" + figure(tensor, 16) + ")"));
  CHECK_THAT(text, !Contains("sharding: optimizer")); // activations are what is too large
  CHECK_THAT(text, !Contains("sequence: true"));      // nothing to divide over
}

TEST_CASE("a remedy that cannot be planned is not offered") {
  PretrainingSpec spec = too_large();
  CHECK_THAT(explain_misfit(spec, 16, a100_bytes), Contains("tensor: 8"));
  spec.model.heads = 9; // of 256 each: no tensor degree divides them
  CHECK_THAT(explain_misfit(spec, 16, a100_bytes), !Contains("tensor:"));
}

TEST_CASE("remedies are combined when none suffices alone") {
  PretrainingSpec spec = gpt_job(80, 8192, 64, 8, 1, 1);
  spec.batch = {64, 8, 2048};
  const std::string text = explain_misfit(spec, 16, a100_bytes);
  INFO(text);
  CHECK_THAT(text, Contains("no single change makes it fit, but") && Contains("together would ("));
}

TEST_CASE("what fits needs no words, nor what cannot be planned") {
  PretrainingSpec spec = gpt_job(24, 2304, 24, 1, 1, 1);
  spec.batch = {32, 1, 2048};
  CHECK(explain_misfit(spec, 32, a100_bytes) == "");
  CHECK(explain_misfit(spec, 33, 1) == "");
}
