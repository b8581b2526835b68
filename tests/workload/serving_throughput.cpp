// What engines do for throughput: windows, widened weights, gathered tokens, filled graphs, host work beneath the
// device's.
#include "serving_bench.hpp"

#include "workload/serving/card_share.hpp"
#include "workload/serving/kernel_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace serving_bench;

namespace {

/// Three windowed layers and a full one, in turn.
scenario::ModelSpec windowed(scenario::WindowKind kind, int window) {
  scenario::ModelSpec model = llama_70b();
  model.window = window;
  model.window_kind = kind;
  model.full_attention_every = 4;
  return model;
}

/// Seconds of 16-bit KV of one token in one layer.
constexpr double layer_token_s = 2 * 8 * 128 * 2 / memory_bytes_per_s;

double read_per_layer(const Bench& bench, double context) {
  const ServingCost cost = bench.cost();
  const double with = cost.iteration({decodes(1, context)}).total_s();
  scenario::ModelSpec model = bench.spec.model;
  Bench none(llama_70b());
  return (with - none.cost().iteration({decodes(1, 0)}).total_s()) / layer_token_s;
}

} // namespace

TEST_CASE("Oracle: windowed layers read their window, pieces half of theirs, and all of a context that stays within") {
  Bench sliding(windowed(scenario::WindowKind::sliding, 1000));
  sliding.spec.requests.prompt.mean = 20000;
  sliding.spec.requests.output.mean = 1000;
  CHECK(read_per_layer(sliding, 20000) == Approx(20 * 20000 + 60 * 1000));
  Bench pieces(windowed(scenario::WindowKind::chunks, 1000));
  pieces.spec.requests.prompt.mean = 20000;
  pieces.spec.requests.output.mean = 5000; // whole pieces: half of each on average
  CHECK(read_per_layer(pieces, 20000) == Approx(20 * 20000 + 60 * 500));
  pieces.spec.requests.prompt.mean = 300;
  pieces.spec.requests.output.mean = 700;
  CHECK(read_per_layer(pieces, 600) == Approx(80 * 600));
}

TEST_CASE("Oracle: a kernel that knows no chunks reads them once for each of eight query heads, where there is more "
          "than one") {
  Bench pieces(windowed(scenario::WindowKind::chunks, 1000));
  pieces.spec.software.fallback->serving->chunks_by_head = true;
  pieces.spec.requests.prompt.mean = 20000;
  pieces.spec.requests.output.mean = 5000;
  CHECK(read_per_layer(pieces, 20000) == Approx(20 * 20000 + 8 * 60 * 500));
  pieces.spec.requests.prompt.mean = 300;
  pieces.spec.requests.output.mean = 700;
  CHECK(read_per_layer(pieces, 600) == Approx(80 * 600));
}

TEST_CASE("Oracle: KV of windowed layers takes room for the whole context where an engine keeps it") {
  Bench bench(windowed(scenario::WindowKind::sliding, 128));
  const double dropped = bench.cost().kv_blocks();
  bench.spec.software.windowed_kv = false;
  CHECK(bench.cost().kv_blocks() == Approx(dropped / 4).epsilon(1e-4));
  Bench linear(windowed(scenario::WindowKind::state, 128));
  linear.spec.software.windowed_kv = false;
  CHECK(linear.cost().kv_blocks() == Approx(dropped).epsilon(1e-4));
}

TEST_CASE("Host work beneath the device's shows where it takes longer, and alone") {
  Bench bench(llama_70b());
  const double device_s = bench.cost().iteration({decodes(64, 1000)}).total_s();
  auto& serving = *bench.spec.software.fallback->serving;
  serving.host_request_s = device_s / 64 / 2;
  CHECK(bench.cost().iteration({decodes(64, 1000)}).total_s() == Approx(device_s));
  serving.host_request_s = device_s / 64 * 2;
  CHECK(bench.cost().iteration({decodes(64, 1000)}).total_s() == Approx(2 * device_s));
  const auto decode = bench.cost().decode({64});
  CHECK(decode.floor_s == Approx(2 * device_s));
  CHECK(decode.base.total_s() + 64000 * decode.per_context_s == Approx(device_s));
}

TEST_CASE("Streamed answers cost host work for each sequence; a batch job's do where no other figure is known") {
  Bench bench(llama_70b());
  auto& serving = *bench.spec.software.fallback->serving;
  serving.iteration_request_s = 1e-3;
  auto& requests = bench.spec.requests;
  requests.arrival.process = scenario::ArrivalProcess::closed;
  requests.count = 100;
  requests.arrival.concurrency = 100;
  const double additive_s = bench.cost().iteration({decodes(32, 100)}).total_s();
  serving.host_request_s = 1e-6;
  const double whole_s = bench.cost().iteration({decodes(32, 100)}).total_s();
  CHECK(additive_s - whole_s == Approx(32e-3));
  requests.arrival.concurrency = 99; // somebody asks again: a service
  CHECK(bench.cost().iteration({decodes(32, 100)}).total_s() == Approx(additive_s));
}

TEST_CASE("Batches between captured graphs cost the products of the next one, and their own attention") {
  Bench bench(llama_70b());
  const double exact_s = bench.cost().iteration({decodes(384, 0)}).total_s();
  const double context_s =
      bench.cost().iteration({decodes(300, 1000)}).total_s() - bench.cost().iteration({decodes(300, 0)}).total_s();
  bench.spec.software.fallback->serving->graph_padding = true;
  CHECK(bench.cost().iteration({decodes(300, 0)}).total_s() == Approx(exact_s));
  CHECK(bench.cost().iteration({decodes(300, 1000)}).total_s() == Approx(exact_s + context_s));
  CHECK(bench.cost().iteration({decodes(385, 0)}).total_s() ==
        Approx(bench.cost().iteration({decodes(512, 0)}).total_s()));
}

TEST_CASE("Widened weights are read and computed one after the other, at their own rates") {
  Bench bench(deepseek_v3());
  auto& serving = *bench.spec.software.fallback->serving;
  scenario::ChipSpec chip = Bench::make_cluster(1).node_spec(0).chip;
  workload::serving::GroupedProduct product{4096, 64, 4096, 7168, 0.5625, 2};
  const auto seconds = [&](bool widened) {
    product.widened = widened;
    return workload::serving::KernelClock(chip, bench.spec.software).grouped_s(product);
  };
  CHECK(seconds(true) == Approx(seconds(false))); // nothing is known of widening
  serving.widened_read_efficiency = 1;
  const double sum_s = seconds(true);
  CHECK(sum_s > seconds(false));
  serving.widened_read_efficiency = 0.5;
  const double read_s = 64 * 4096 * 7168 * 0.5625 / memory_bytes_per_s;
  CHECK(seconds(true) - sum_s == Approx(read_s));
}

TEST_CASE("An engine that gathers tokens sends them to all ranks of a node; beyond it exchanges them") {
  Bench bench(deepseek_v3(), 4);
  bench.spec.precision = scenario::Precision::bf16;
  const std::vector<IterationLoad> loads(8, decodes(256, 0));
  const double exchanged_s = bench.cost(1, 8, 8).iteration(loads).local_comm_s;
  const auto wide = bench.cost(1, 32, 32).iteration(std::vector<IterationLoad>(32, decodes(64, 0)));
  bench.spec.software.gathers_tokens = true;
  CHECK(bench.cost(1, 8, 8).iteration(loads).local_comm_s > exchanged_s);
  const auto same = bench.cost(1, 32, 32).iteration(std::vector<IterationLoad>(32, decodes(64, 0)));
  CHECK(same.total_s() == Approx(wide.total_s()));
}

TEST_CASE("Kernels for throughput: a batch job and attention data parallelism pay for them in each MoE layer") {
  Bench bench(deepseek_v3());
  const std::vector<IterationLoad> pair(2, decodes(8, 0));
  const double groups_s = bench.cost(1, 2, 2).iteration(pair).total_s();
  const double alone_s = bench.cost(2).iteration({decodes(8, 0)}).total_s();
  bench.spec.software.fallback->serving->exchange_s = 1e-3;
  CHECK(bench.cost(1, 2, 2).iteration(pair).total_s() - groups_s == Approx(58e-3));
  CHECK(bench.cost(2).iteration({decodes(8, 0)}).total_s() == Approx(alone_s));
  bench.spec.requests.arrival.process = scenario::ArrivalProcess::closed;
  bench.spec.requests.count = bench.spec.requests.arrival.concurrency = 8;
  CHECK(bench.cost(2).iteration({decodes(8, 0)}).total_s() - alone_s == Approx(58e-3));
}

TEST_CASE("A batch between the last captured one and max_batch launches kernel by kernel") {
  Bench bench(llama_70b());
  scenario::ServingCalibration& serving = *bench.spec.software.fallback->serving;
  serving.prefill_launch_s = 1e-3;
  serving.graph_within_batch = true;
  const auto launches_s = [&bench](int max_batch, double batch) {
    bench.spec.engine.max_batch = max_batch;
    const double graph = Bench(llama_70b()).cost().decode({batch}).base.total_s();
    const double all = bench.cost().decode({batch}).base.total_s();
    return all > graph ? std::sqrt(all * all - graph * graph) : 0;
  };
  CHECK(launches_s(12, 8) == 0);
  CHECK(launches_s(12, 9) > 80 * 5e-3);
  CHECK(launches_s(16, 9) == 0);
  CHECK(launches_s(6, 3) == 0);
  CHECK(launches_s(3, 3) == Approx(launches_s(12, 9)));
}

TEST_CASE("Decodes wait for a latent layer's own fixed cost, and groups for one another") {
  Bench bench(deepseek_v3());
  const double none = bench.cost().decode({1}).base.total_s();
  const double groups = bench.cost(1, 2).decode({1, 1}).base.total_s();
  scenario::ServingCalibration& serving = *bench.spec.software.fallback->serving;
  serving.decode_attention_launch_s = 1e-5;
  CHECK(bench.cost().decode({1}).base.total_s() - none == Approx(61 * 1e-5));
  serving.latent_decode_launch_s = 3e-5;
  CHECK(bench.cost().decode({1}).base.total_s() - none == Approx(61 * 3e-5));
  serving.group_sync_s = 2e-3;
  CHECK(bench.cost().decode({1}).base.total_s() - none == Approx(61 * 3e-5));
  CHECK(bench.cost(1, 2).decode({1, 1}).base.total_s() - groups == Approx(61 * 3e-5 + 2e-3));
}

TEST_CASE("Eager decodes do not pay for the tables of prompts' exchanges") {
  Bench bench(deepseek_v3());
  bench.spec.software.fallback->serving->graph_max_batch = 0;
  const double decode = bench.cost().decode({1}).base.total_s();
  const double prefill = bench.cost().iteration({prompt(64)}).total_s();
  bench.spec.software.fallback->moe_layer_s = 1e-2;
  CHECK(bench.cost().decode({1}).base.total_s() == decode);
  CHECK(bench.cost().iteration({prompt(64)}).total_s() == Approx(std::hypot(prefill, 58 * 1e-2)));
}

TEST_CASE("Experts lose less by narrow matrices where the matrix units are slower") {
  Bench bench(deepseek_v3());
  scenario::ChipSpec chip = bench.platform.node_spec(0).chip;
  chip.memory_bytes_per_s = 1e18;
  const auto seconds = [&](int multiprocessors) {
    chip.multiprocessors = multiprocessors;
    workload::serving::GroupedProduct product;
    product.rows = 1e9; // no tile is left half empty
    product.active = 1;
    product.n = 768;
    product.k = 2048;
    return workload::serving::KernelClock(chip, bench.spec.software).grouped_s(product);
  };
  const double units = peak_flops / (989.4e12 / 132);
  CHECK(seconds(int(units / 2)) == seconds(1)); // twice the rate: in shares of its own
  CHECK(seconds(int(4 * units)) / seconds(1) == Approx((768 + 100.) / (768 + 400.)).epsilon(0.002));
}

TEST_CASE("The busiest rank of experts: as the model says, else by ranks and balancing") {
  scenario::ModelSpec model = deepseek_v3();
  scenario::ReplicasSpec replica;
  const auto imbalance = [&](int ranks, bool balanced) {
    replica.data = ranks;
    replica.expert = ranks;
    replica.expert_balancing = balanced;
    return workload::serving::card_share(model, replica, true).imbalance;
  };
  CHECK(imbalance(1, false) == 1);
  CHECK(imbalance(4, false) == Approx(1.3));
  CHECK(imbalance(32, true) == Approx(1.3));
  CHECK(imbalance(144, true) == Approx(1.3));
  CHECK(imbalance(32, false) == Approx(1.75));
  model.moe.imbalance = 1.01;
  CHECK(imbalance(144, true) == 1.01);
}
