// Activations against Korthikanti et al. 2022 (arXiv 2205.05198).
#include "iccsim/workload/memory.hpp"
#include "iccsim/workload/transformer.hpp"

#include "workload/memory_jobs.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;
using namespace iccsim::workload;
using namespace iccsim::test;

namespace {

struct Row { // table 3
  const char* name;
  int layers, hidden, heads, pipeline, chunks, micro;
};

const Row rows[] = {{"22B", 48, 6144, 64, 1, 1, 4},
                    {"175B", 96, 12288, 96, 8, 3, 1},
                    {"530B", 105, 20480, 128, 35, 3, 1},
                    {"1T", 128, 25600, 160, 64, 1, 1}};

PretrainingSpec job(const Row& row, bool sequence, Recompute recompute, int tensor = 8) {
  PretrainingSpec spec = gpt_job(row.layers, row.hidden, row.heads, tensor, row.pipeline, row.chunks);
  spec.batch.micro = row.micro;
  spec.batch.global = row.micro * 4 * row.pipeline;
  spec.parallelism.sequence = sequence;
  spec.recompute = recompute;
  return spec;
}

double sbh(const Row& row) {
  return 2048.0 * row.micro * row.hidden;
}
double scores(const Row& row) {
  return 5.0 * row.heads * 2048 / row.hidden;
}

} // namespace

TEST_CASE("bytes of one layer, table 2") {
  const double t = 8;
  for (const Row& row : rows) {
    INFO(row.name);
    const auto layer = [&](bool sequence, Recompute recompute, int tensor = 8) {
      return layer_activation_bytes(job(row, sequence, recompute, tensor), 0) / sbh(row);
    };
    CHECK(layer(false, Recompute::none, 1) == Approx(34 + scores(row)));
    CHECK(layer(false, Recompute::none) == Approx(10 + 24 / t + scores(row) / t));
    CHECK(layer(true, Recompute::none) == Approx((34 + scores(row)) / t));
    CHECK(layer(false, Recompute::selective) == Approx(10 + 24 / t));
    CHECK(layer(true, Recompute::selective) == Approx(34 / t));
    CHECK(layer(false, Recompute::full) == Approx(2));
  }
}

TEST_CASE("selective recomputation saves 70% of GPT-3's activations and 65% of MT-NLG's") { // section 5
  for (auto [row, saved] : {std::pair{rows[1], 0.70}, {rows[2], 0.65}}) {
    const double kept = layer_activation_bytes(job(row, true, Recompute::selective), 0);
    CHECK(1 - kept / layer_activation_bytes(job(row, true, Recompute::none), 0) == Approx(saved).margin(0.005));
  }
}

TEST_CASE("the first stage holds L (1 + (p-1)/(p m)) layers, equations 5 and 6") {
  for (const Row& row : rows) {
    INFO(row.name);
    const PretrainingSpec spec = job(row, true, Recompute::selective);
    const Plan plan(spec, 8 * row.pipeline);
    const double p = row.pipeline, m = row.chunks;
    const double layers = row.layers * (m > 1 ? 1 + (p - 1) / (p * m) : 1.0) * 34 * sbh(row) / 8;
    double rest = 0;
    if (row.pipeline == 1) { // section 4.3: 4 s b h (1 + v/h) / t for the head, s b h / t for the embedding's dropout
      rest = 4 * sbh(row) * (1 + 51200.0 / row.hidden) / 8 + sbh(row) / 8;
    } else { // one mask for each micro-batch whose first chunk is in flight: at least p, at most all the chunks
      rest = stage_memory(spec, plan, 0).activations_bytes - layers;
      CHECK(rest >= p * sbh(row) / 8 * (1 - 1e-9));
      CHECK(rest <= 2 * p * sbh(row) / 8);
    }
    CHECK(stage_memory(spec, plan, 0).activations_bytes == Approx(layers + rest));
  }
}

TEST_CASE("figure 1: none of the four fits 80 GB with tensor parallelism alone, all do with the paper's means") {
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(explain_misfit(job(row, false, Recompute::none), 8 * row.pipeline, a100_bytes) != "");
    CHECK(explain_misfit(job(row, true, Recompute::selective), 8 * row.pipeline, a100_bytes) == "");
  }
}
