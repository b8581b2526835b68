// A chip and a stack without any loss, on which serving costs have closed forms.
#pragma once

#include "../oracle/collective_bench.hpp"

#include "iccsim/workload/serving_cost.hpp"

#include <numeric>

namespace serving_bench {

using namespace iccsim;
using workload::IterationLoad;
using workload::ServingCost;

constexpr double memory_bytes_per_s = 2e12;
constexpr double peak_flops = 1e15;

inline scenario::ModelSpec llama_70b() {
  scenario::ModelSpec model;
  model.name = "llama";
  model.layers = 80;
  model.hidden = 8192;
  model.heads = 64;
  model.kv_heads = 8;
  model.ffn = 28672;
  model.vocabulary = 128256;
  model.activation = scenario::Activation::swiglu;
  model.position = scenario::PositionKind::rotary;
  model.norm = scenario::NormKind::rmsnorm;
  return model;
}

inline scenario::ModelSpec deepseek_v3() {
  scenario::ModelSpec model = llama_70b();
  model.name = "deepseek";
  model.layers = 61;
  model.hidden = 7168;
  model.heads = 128;
  model.kv_heads = 128;
  model.ffn = 18432;
  model.vocabulary = 129280;
  model.attention = scenario::AttentionKind::mla;
  model.latent = {1536, 512, 64, 128, 128};
  model.moe.experts = 256;
  model.moe.top_k = 8;
  model.moe.shared = 1;
  model.moe.expert_ffn = 2048;
  model.moe.first_dense_layers = 3;
  return model;
}

/// A chip and a stack without any loss, so that times are those of the roofline.
struct Bench {
  scenario::InferenceSpec spec;
  platform::Cluster platform;

  explicit Bench(const scenario::ModelSpec& model, int nodes = 1) : platform(make_cluster(nodes)) {
    spec.model = model;
    scenario::KernelCalibration ideal;
    ideal.gemm_efficiency[scenario::Precision::bf16] = 1;
    ideal.gemm_k_overhead = 0;
    ideal.attention_efficiency = 1;
    ideal.memory_efficiency = 1;
    scenario::ServingCalibration& serving = ideal.serving.emplace();
    serving.decode_attention_efficiency = 1;
    serving.latent_decode_efficiency = 1;
    serving.weight_read_efficiency = 1;
    serving.moe_read_efficiency = 1;
    serving.moe_gemm_efficiency = 1;
    serving.reserved_bytes = 0;
    spec.software.fallback = ideal;
  }

  static platform::Cluster make_cluster(int nodes) {
    scenario::NodeSpec node = collective_bench::node(8);
    node.chip.name = "ideal";
    node.chip.memory_bytes = 2e12;
    node.chip.memory_bytes_per_s = memory_bytes_per_s;
    node.chip.peak_flops[scenario::Precision::bf16] = peak_flops;
    node.chip.peak_flops[scenario::Precision::fp8] = 2 * peak_flops;
    scenario::PlatformSpec spec;
    spec.pools.push_back({"gpu", node, nodes});
    spec.fabric.kind = scenario::FabricKind::single_switch;
    return platform::Cluster(spec);
  }

  ServingCost cost(int tensor = 1, int data = 1, int expert = 1, int pipeline = 1) const {
    scenario::ReplicasSpec replica;
    replica.tensor = tensor;
    replica.data = data;
    replica.expert = expert;
    replica.pipeline = pipeline;
    std::vector<platform::CardId> cards(std::size_t(tensor * data * pipeline));
    std::iota(cards.begin(), cards.end(), 0u);
    return ServingCost(spec, replica, platform, cards);
  }
};

inline IterationLoad prompt(double tokens) {
  IterationLoad load;
  load.prompt_tokens = tokens;
  load.prompt_sequences = 1;
  load.prompt_pairs = tokens * (tokens + 1) / 2;
  return load;
}

inline IterationLoad decodes(double sequences, double context) {
  IterationLoad load;
  load.decode_sequences = sequences;
  load.decode_tokens = sequences;
  load.decode_context = sequences * context;
  return load;
}

} // namespace serving_bench
