// Ablations move as the papers say: the same scenario with one thing changed, run as a user would.
#include "cli/command_line.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace iccsim::cli::test;

namespace {

using Changes = std::vector<std::string>;

std::string row(const std::string& path) {
  return (std::filesystem::path(ICCSIM_SOURCE_ROOT) / "scenarios/validation/core" / path).string();
}

nlohmann::json figures(const std::string& file, const Changes& changes) {
  std::vector<std::string> arguments = {"run", file, "--json", "-q"};
  for (const std::string& change : changes) {
    arguments.insert(arguments.end(), {"--set", "jobs.train." + change});
  }
  const Answer answer = run_iccsim(arguments);
  INFO(answer.errors);
  REQUIRE((answer.status == 0 || answer.status == 1)); // 1: the row's own expectation no longer holds
  return nlohmann::json::parse(answer.output)["jobs"]["train"];
}

double mfu(const std::string& file, const Changes& changes) {
  return figures(file, changes)["mfu"].get<double>();
}

double step_s(const std::string& file, const Changes& changes) {
  return figures(file, changes)["step_s"]["p50"].get<double>();
}

const std::string korthikanti_175b = row("korthikanti-2022/korth-t5-175b-seqsel.yaml");
const std::string megatron_175b = row("megatron-sc21-table-2/sc21-t2-ptd-p-174.6b-1536.yaml");

} // namespace

// Korthikanti et al. 2022, figure 8 (22B layer): full recomputation costs 39% over none, selective with sequence
// parallelism 4% at most.
TEST_CASE("recomputation: none is fastest, selective close behind, full a third slower") {
  const std::string small = row("korthikanti-2022/korth-t5-22b-seqsel.yaml");
  const double selective = step_s(small, {"recompute=selective"});
  const double full = step_s(small, {"recompute=full"});
  const double none = step_s(small, {"recompute=none", "batch.micro=1"});
  CHECK(full > 1.2 * selective);
  CHECK(full < 1.45 * selective);
  const double selective_alike = step_s(small, {"recompute=selective", "batch.micro=1"});
  CHECK(selective_alike > none);
  CHECK(selective_alike < 1.12 * none);
}

// Korthikanti et al. 2022, table 4: sequence parallelism makes a 22B layer's forward about 6% faster.
TEST_CASE("sequence parallelism speeds norms and dropouts up") {
  const double with = step_s(korthikanti_175b, {});
  const double without = step_s(korthikanti_175b, {"recompute=full", "parallelism.sequence=false"});
  const double full_with = step_s(korthikanti_175b, {"recompute=full"});
  CHECK(full_with < without);
  CHECK(full_with > 0.85 * without);
  CHECK(with < full_with);
}

// Narayanan et al. 2021, figure 12: interleaving gains 10% or more at small batches, and less as the batch grows.
TEST_CASE("interleaving pays, most at small batches") {
  const auto gain = [](const std::string& batch) {
    const double plain = step_s(megatron_175b, {"batch.global=" + batch, "cards=96", "parallelism.virtual=1"});
    const double interleaved = step_s(megatron_175b, {"batch.global=" + batch, "cards=96", "parallelism.virtual=2"});
    return plain / interleaved;
  };
  const double small = gain("12");
  const double large = gain("96");
  CHECK(small > 1.1);
  CHECK(large > 1.0);
  CHECK(small > large);
}

// Narayanan et al. 2021, figure 14: on the same cards throughput falls as pipeline stages replace data parallelism.
TEST_CASE("deeper pipelines at fixed cards cost throughput through the bubble") {
  const auto at = [](const std::string& depth) {
    return mfu(
        row("megatron-sc21-table-1/sc21-t1-7.5b.yaml"),
        {"cards=72", "batch.global=288", "batch.micro=1", "parallelism.tensor=1", "parallelism.pipeline=" + depth});
  };
  const double two = at("2");
  const double twelve = at("12");
  const double thirty_six = at("36");
  CHECK(two > twelve);
  CHECK(twelve > thirty_six);
}

// Narayanan et al. 2021, figure 7: the best micro-batch balances product sizes against the bubble.
TEST_CASE("a larger micro-batch helps without a pipeline and hurts in a deep one at a small batch") {
  const std::string flat = row("megatron-sc21-table-1/sc21-t1-7.5b.yaml");
  CHECK(mfu(flat, {"batch.micro=1"}) < mfu(flat, {"batch.micro=4"}));
  const auto deep = [](const std::string& micro) {
    return mfu(megatron_175b, {"cards=96", "batch.global=16", "batch.micro=" + micro});
  };
  CHECK(deep("4") < deep("1"));
}

// MegaScale (arXiv 2402.15627), table 2: at a fixed batch of 768, MFU falls from 49.9% on 512 cards to 44.7% on 1,024.
TEST_CASE("strong scaling at a fixed batch loses efficiency") {
  const double few = mfu(row("megascale/megascale-t2-megatron-lm-512.yaml"), {});
  const double some = mfu(row("megascale/megascale-t2-megatron-lm-768.yaml"), {});
  const double many = mfu(row("megascale/megascale-t2-megatron-lm-1024.yaml"), {});
  CHECK(few > some);
  CHECK(some > many);
}

TEST_CASE("tflops, mfu and tokens per second agree with one another and with hand computation") {
  const auto job = figures(row("megatron-sc21-table-1/sc21-t1-145.6b.yaml"), {});
  const double layers = 80, hidden = 12288, sequence = 2048, vocabulary = 51200, cards = 1536, batch = 2304;
  // Narayanan et al. 2021, eq. 3 without the recomputed forward: 72 B s L h^2 (1 + s / 6h + V / 12 L h).
  const double flops = 72 * batch * sequence * layers * hidden * hidden *
                       (1 + sequence / (6 * hidden) + vocabulary / (12 * layers * hidden));
  const double seconds = job["step_s"]["mean"].get<double>();
  CHECK(job["tflops_per_card"].get<double>() == Approx(flops / seconds / cards / 1e12).epsilon(1e-6));
  CHECK(job["mfu"].get<double>() == Approx(flops / seconds / cards / 312e12).epsilon(1e-6));
  CHECK(job["tokens_per_s"].get<double>() == Approx(batch * sequence / seconds).epsilon(1e-6));
  CHECK(job["hfu"].get<double>() == Approx(job["hardware_tflops_per_card"].get<double>() / 312).epsilon(1e-6));
  double states = 0;
  for (const auto& state : job["states_s"].items()) {
    states += state.value().get<double>();
  }
  const double life = job["end_s"].get<double>() - job["start_s"].get<double>();
  CHECK(states == Approx(cards * life).epsilon(1e-9));
  CHECK(job["states_s"]["compute"].get<double>() / states == Approx(job["mfu"].get<double>()).epsilon(1e-6));
}
