// What files that are right become.
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;
using namespace iccsim::scenario::test;

namespace {

/// The contract's example, as far as this version builds it.
const char* const contract_example = R"(
version: 1
name: gpt-145b-on-1536-a100
title: GPT 145.6B pretraining on 1,536 A100
seed: 7
duration: 30 d
platform:
  nodes:
    - { name: gpu, type: dgx-a100-80g, count: 196 }
  fabric:
    type: rail_optimized
    oversubscription: 1.0
    leaf_ports: 32
    hop_latency: 600 ns
    efficiency: 0.92
  storage:
    - { name: pfs, type: parallel_fs, servers: 16, read: 40 GB/s, write: 30 GB/s, nics: 2, nic: 200 Gbps }
models:
  gpt-145b: { layers: 80, hidden: 12288, heads: 96, kv_heads: 96, ffn: 49152, vocabulary: 51200,
              activation: gelu, tied_embeddings: true, position: learned }
jobs:
  - name: pretrain
    type: pretraining
    model: gpt-145b
    cards: 1536
    pool: gpu
    submit: 1 h
    parallelism: { tensor: 8, pipeline: 8, virtual: 2, context: 1, expert: 1, sequence: false, sharding: none, schedule: interleaved }
    batch: { global: 2304, micro: 2, sequence: 2048 }
    precision: bf16
    software: megatron-2021
    recompute: full
    overlap: { gradients: true, parameters: true, pipeline: true, tensor: false }
    length: { steps: 20 }
  - { name: ar, type: collective, operation: all_reduce, cards: 1024, bytes: [1 MiB, 1 GiB], repeat: 5, algorithm: auto }
scheduler: { policy: fifo, placement: packed }
expect:
  - { metric: jobs.pretrain.hardware_tflops_per_card, value: 148, tolerance: 5 %,
      source: "Narayanan et al. SC'21, table 1, 145.6B" }
  - { metric: jobs.pretrain.step_s.mean, value: 17.2 min, calibration: true }
  - { metric: jobs.pretrain.mfu, value: 43 %, tolerance: 0.1 }
  - { metric: jobs.pretrain.tflops_per_card, value: 138 TFLOPS }
)";

} // namespace

TEST_CASE("The contract's example becomes what it says") {
  const Scenario s = read_good(contract_example);
  CHECK(s.name == "gpt-145b-on-1536-a100");
  CHECK(s.seed == 7);
  CHECK(s.duration_s == 30 * 86400.0);

  REQUIRE(s.platform.pools.size() == 1);
  const NodeSpec& node = s.platform.pools[0].node;
  CHECK(s.platform.pools[0].count == 196);
  CHECK(node.name == "dgx-a100-80g");
  CHECK(node.chip.name == "a100-80g");
  CHECK(node.chip.peak_flops.at(Precision::bf16) == 312e12);
  CHECK(node.scale_up.bytes_per_s == 300e9);
  CHECK(node.scale_up.efficiency == Approx(0.8));
  CHECK(node.pcie[1].nics == std::vector<int>{2, 3});
  REQUIRE(node.nics.size() == 5);
  CHECK(node.nics[3].bytes_per_s == 25e9);
  CHECK(node.nics[4].storage);
  CHECK(node.nvme.size() == 2);
  CHECK(s.platform.fabric.hop_latency_s == Approx(600e-9));
  CHECK(s.platform.fabric.efficiency == Approx(0.92));
  CHECK(s.platform.storage[0].nic_bytes_per_s == 25e9);

  REQUIRE(s.jobs.size() == 2);
  CHECK(s.jobs[0].pools == std::vector<std::string>{"gpu"});
  CHECK(s.jobs[0].submit_s == 3600);
  const PretrainingSpec& job = pretraining_of(s);
  CHECK(job.model.name == "gpt-145b");
  CHECK(job.parallelism.virtual_stages == 2);
  CHECK(job.recompute == Recompute::full);
  CHECK(job.software.name == "megatron-2021");
  CHECK_FALSE(job.software.fused_attention);
  CHECK(job.overlap.tensor == false);
  CHECK_FALSE(job.overlap.expert.has_value());
  CHECK(job.length.steps == 20.0);

  const auto& collective = std::get<CollectiveSpec>(s.jobs[1].what);
  CHECK(collective.bytes == std::vector<double>{1048576, 1073741824});
  CHECK(collective.software.name.empty());

  REQUIRE(s.expect.size() == 4);
  CHECK(s.expect[0].tolerance == Approx(0.05));
  CHECK(s.expect[0].place.line == 38);
  CHECK(s.expect[1].value == Approx(17.2 * 60));
  CHECK(s.expect[1].calibration);
  CHECK(s.expect[2].value == Approx(0.43));
  CHECK(s.expect[3].value == Approx(138));
}

TEST_CASE("What a job leaves out has its default") {
  const PretrainingSpec job = pretraining_of(read_good(pretraining()));
  CHECK(job.precision == Precision::bf16);
  CHECK(job.recompute == Recompute::none);
  CHECK(job.software.name == "megatron-core");
  CHECK(job.software.overlap_tensor == Approx(0.4));
  CHECK(job.software.chips.at("a100-80g").launch_s == Approx(5e-6));
  CHECK(job.software.chips.at("a100-80g").gemm_tile_n == 256);
  CHECK(job.software.fallback->evidence == Evidence::datasheet_only);
  CHECK(job.batch.micro == 1);
  CHECK(job.parallelism.schedule == Schedule::one_f_one_b);
  CHECK(job.algorithm == CollectiveAlgorithm::automatic);
}

TEST_CASE("A scenario without a name has its file's") {
  const TemporaryFile file(pretraining());
  Diagnostics diagnostics;
  const auto scenario = read_scenario(file.path(), library(), {}, diagnostics);
  REQUIRE(scenario);
  CHECK(scenario->name == file.path().stem().string());
  CHECK(scenario->file == file.path().string());
}

TEST_CASE("Several chunks a rank interleave unless the schedule says otherwise") {
  Parts parts;
  parts.parallelism = "{ tensor: 8, pipeline: 4, virtual: 3 }";
  CHECK(pretraining_of(read_good(pretraining(parts))).parallelism.schedule == Schedule::interleaved);
}

TEST_CASE("A model's defaults follow from its shape") {
  Parts parts;
  SECTION("the GPT shape has biases, full heads and a wide FFN") {
    const ModelSpec model = pretraining_of(read_good(pretraining(parts))).model;
    CHECK(model.kv_heads == 96);
    CHECK(model.head_dim == 128);
    CHECK(model.ffn == 4 * 12288);
    CHECK(model.attention_bias);
    CHECK(model.ffn_bias);
    CHECK(model.max_positions == 2048);
    CHECK(model.published_parameters == 175e9);
  }
  SECTION("a gated model has none") {
    parts.model = "llama3-70b";
    const ModelSpec model = pretraining_of(read_good(pretraining(parts))).model;
    CHECK(model.kv_heads == 8);
    CHECK_FALSE(model.attention_bias);
    CHECK_FALSE(model.ffn_bias);
  }
  SECTION("what is said wins") {
    parts.model = "{ base: llama3-70b, attention_bias: true }";
    CHECK(pretraining_of(read_good(pretraining(parts))).model.attention_bias);
  }
  SECTION("latent attention and experts") {
    parts.model = "deepseek-v3";
    parts.parallelism = "{ tensor: 8, pipeline: 4, expert: 4, last_stage_layers: 13 }";
    const ModelSpec model = pretraining_of(read_good(pretraining(parts))).model;
    CHECK(model.attention == AttentionKind::mla);
    CHECK(model.latent.kv_rank == 512);
    CHECK(model.moe.experts == 256);
    CHECK(model.moe.first_dense_layers == 3);
    CHECK(model.mtp_layers == 1);
    CHECK(model.sparse.top_k == 0);
  }
  SECTION("an indexer picks the tokens of every layer") {
    parts.model =
        "{ base: deepseek-v3, attention: { type: mla, q_rank: 1536, kv_rank: 512, rope_dim: 64, nope_dim: 128, "
        "value_dim: 128, sparse: { indexer_heads: 64, indexer_head_dim: 128, top_k: 2048 } } }";
    parts.parallelism = "{ tensor: 8, pipeline: 4, expert: 4, last_stage_layers: 13 }";
    const ModelSpec model = pretraining_of(read_good(pretraining(parts))).model;
    CHECK(model.sparse.indexer_heads == 64);
    CHECK(model.sparse.indexer_head_dim == 128);
    CHECK(model.sparse.top_k == 2048);
    CHECK(model.window == 2048);
    CHECK(model.full_attention_every == 0);
  }
}

TEST_CASE("Layers may be split unevenly when the job says so") {
  Parts parts;
  parts.cards = "256";
  parts.platform = "a100-1568";
  parts.model = "{ base: llama3-70b, layers: 126 }";
  SECTION("one fewer in the first and last rank, as in Llama 3") {
    parts.parallelism = "{ tensor: 8, pipeline: 16, first_stage_layers: 7, last_stage_layers: 7 }";
  }
  SECTION("a chunk for the embedding alone") {
    parts.parallelism = "{ tensor: 8, pipeline: 16, virtual: 8, first_stage_layers: 7, last_stage_layers: 7 }";
    parts.batch = "{ global: 64, sequence: 2048 }";
  }
  SECTION("spread") {
    parts.parallelism = "{ tensor: 8, pipeline: 16, uneven: true }";
  }
  CHECK(pretraining_of(read_good(pretraining(parts))).model.layers == 126);
}

TEST_CASE("Every length can be given in its own way") {
  const std::string steps = "{ steps: 10 }";
  const auto with = [&](const std::string& length) {
    std::string yaml = pretraining();
    return pretraining_of(read_good(yaml.replace(yaml.find(steps), steps.size(), length))).length;
  };
  CHECK(with("{ tokens: 15T }").tokens == 15e12);
  CHECK(with("{ time: 2 h }").time_s == 7200.0);
  CHECK(with("{ steps: 1K }").steps == 1000.0);
}

TEST_CASE("One node needs no fabric") {
  Parts parts;
  parts.platform = "{ nodes: [ { type: dgx-a100-80g, count: 1 } ] }";
  parts.cards = "8";
  parts.parallelism = "{ tensor: 8 }";
  const Scenario scenario = read_good(pretraining(parts));
  CHECK(scenario.platform.fabric.kind == FabricKind::single_switch);
  CHECK(scenario.platform.pools[0].name == "dgx-a100-80g");
}

TEST_CASE("A byte order mark, Windows line ends and anchors are read as YAML means them") {
  std::string yaml = "\xEF\xBB\xBF" + pretraining();
  for (auto at = yaml.find('\n'); at != std::string::npos; at = yaml.find('\n', at + 2)) {
    yaml.insert(at, "\r");
  }
  CHECK(read_good(yaml).jobs.size() == 1);
  Parts parts;
  parts.top = "models: { mine: &shape { layers: 8, hidden: 1024, heads: 16, vocabulary: 32000 }, same: *shape }\n";
  parts.model = "same";
  CHECK(pretraining_of(read_good(pretraining(parts))).model.hidden == 1024);
}
