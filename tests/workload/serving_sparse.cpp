// Sparse attention over latents against closed forms: FLOPs of picked tokens and of the indexer, bytes of its keys.
#include "serving_bench.hpp"

#include "workload/serving/layer_clock.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace serving_bench;

namespace {

constexpr double layers = 61;
constexpr double tokens = 4096;
constexpr double prompt_flops_per_s = 0.645 * peak_flops;   // FlashMLA's prompts
constexpr double index_flops_per_s = 0.58 * 2 * peak_flops; // an indexer's 8-bit products
constexpr double key_bytes = 128 + 4;                       // eight bits an element and one 32-bit scale

scenario::ModelSpec sparse(int top_k) {
  scenario::ModelSpec model = deepseek_v3();
  model.sparse = {64, 128, top_k};
  model.window = top_k;
  model.full_attention_every = 0;
  return model;
}

/// Kernels of one card.
double group_s(const scenario::ModelSpec& model, const IterationLoad& load, int tensor = 1, bool dense_short = false) {
  const Bench bench(model);
  scenario::ReplicasSpec replica;
  replica.tensor = tensor;
  const auto share = workload::serving::with_window_reads(
      workload::serving::card_share(model, replica, bench.spec.software.windowed_kv), model, bench.spec.requests);
  const auto formats = workload::serving::formats_of(bench.spec);
  const workload::serving::KernelClock clock(bench.platform.node_spec(0).chip, bench.spec.software);
  return workload::serving::LayerClock(model, share, formats, clock, dense_short).group(load, load).seconds;
}

IterationLoad prompt_with_pairs(double pairs) {
  IterationLoad load = prompt(tokens);
  load.prompt_pairs = pairs;
  return load;
}

/// Norm of order 4: how memory and matrix time overlap.
double overlapped(double a_s, double b_s) {
  return std::pow(std::pow(a_s, 4) + std::pow(b_s, 4), 0.25);
}

} // namespace

TEST_CASE("Oracle: each query of a prompt attends to top_k latents of 512 + 64 and 512 elements") {
  const double more = group_s(sparse(4096), prompt(tokens)) - group_s(sparse(2048), prompt(tokens));
  const double attention_s = tokens * 2048 * 2 * 128 * (576 + 512) / prompt_flops_per_s;
  const double places_s = 4 * tokens * 2048 / memory_bytes_per_s;
  CHECK(more == Approx(layers * (attention_s + places_s)).epsilon(0.002));
}

TEST_CASE("Oracle: few heads of a card fill the 64 rows of a matrix instruction") {
  const auto more = [](int tensor) {
    return group_s(sparse(4096), prompt(tokens), tensor) - group_s(sparse(2048), prompt(tokens), tensor);
  };
  CHECK(more(2) < 0.6 * more(1));
  CHECK(more(8) == Approx(more(2)).epsilon(0.002));
}

TEST_CASE("Oracle: an indexer scores every pair of tokens with 64 heads of 128, whatever top_k is") {
  const double pairs = 1e9;
  const double more = group_s(sparse(2048), prompt_with_pairs(pairs)) - group_s(sparse(2048), prompt_with_pairs(0));
  const double keys_s = tokens * key_bytes / memory_bytes_per_s;
  const double scores_s = pairs * 2 * 64 * 128 / index_flops_per_s;
  CHECK(more == Approx(layers * (overlapped(scores_s, keys_s + 8 * pairs / memory_bytes_per_s) - keys_s)));
  CHECK(group_s(sparse(4096), prompt_with_pairs(pairs)) - group_s(sparse(4096), prompt_with_pairs(0)) == Approx(more));
}

TEST_CASE("Oracle: decodes read keys of the whole context, and latents of top_k tokens alone") {
  const Bench bench(sparse(2048));
  const double token_s = overlapped((key_bytes + 8) / memory_bytes_per_s, 2 * 64 * 128 / index_flops_per_s);
  CHECK(bench.cost().decode({1}).per_context_s == Approx(layers * token_s));
  const double latents = group_s(sparse(4096), decodes(1, 0)) - group_s(sparse(2048), decodes(1, 0));
  const double flops_s = 2048.0 * 2 * 128 * (576 + 512) / (0.39 * peak_flops);
  const double bytes_s = 2048.0 * 576 * 2 / memory_bytes_per_s;
  CHECK(latents == Approx(layers * (std::max(flops_s, bytes_s) + 4 * 2048 / memory_bytes_per_s)));
}

TEST_CASE(
    "Oracle: short prompts that attend to all of their tokens cost what they would without an indexer, and its keys") {
  const double keys = 128;
  const double key_s = (keys + 64) * 7168 * 2 / memory_bytes_per_s;
  const auto more = [](double length) {
    const IterationLoad load = prompt(length);
    return group_s(sparse(2048), load, 1, true) - group_s(deepseek_v3(), load);
  };
  const double written_s = 2048 * (3 * keys + 2 * (7168 + keys + 64)) / memory_bytes_per_s;
  CHECK(more(2048) == Approx(layers * (overlapped(key_s + 2048 * 2 * (7168 + keys + 64) / memory_bytes_per_s,
                                                  2048 * 2 * 7168 * (keys + 64) / peak_flops) +
                                       3 * 2048 * keys / memory_bytes_per_s))
                          .epsilon(0.001));
  CHECK(more(2048) < layers * (key_s + written_s + 2048 * 2 * 7168 * (keys + 64) / peak_flops));
  // One token more, and all of them are picked.
  CHECK(group_s(sparse(2048), prompt(2049), 1, true) == group_s(sparse(2048), prompt(2049)));
  CHECK(more(2049) > 5 * more(2048));
  // Decodes are the same.
  CHECK(group_s(sparse(2048), decodes(8, 1000), 1, true) == group_s(sparse(2048), decodes(8, 1000)));
}

TEST_CASE("Keys of an indexer take room beside latents, and its matrices on every card") {
  const ServingCost one = Bench(sparse(2048)).cost(1);
  const ServingCost none = Bench(deepseek_v3()).cost(1);
  CHECK(one.kv_bytes_per_token() == layers * (576 * 2 + key_bytes));
  CHECK(one.kv_blocks() < 0.91 * none.kv_blocks());
  const double matrices = layers * (1536.0 * 64 * 128 + 7168.0 * (128 + 64));
  CHECK(one.weight_bytes() - none.weight_bytes() == Approx(2 * matrices));
  CHECK(one.model_bytes() - none.model_bytes() == Approx(2 * matrices));
  CHECK(Bench(sparse(2048)).cost(8).weight_bytes() - Bench(deepseek_v3()).cost(8).weight_bytes() ==
        Approx(2 * matrices));
}
