// Parameter counts against what the models' authors print, within 0.5%.
#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace iccsim::scenario;
using namespace iccsim::workload;

namespace {

struct Published {
  ModelSpec model;
  double total;
  double active = 0; ///< 0: not printed
};

struct Shape {
  int layers, hidden, heads, kv_heads, ffn, vocabulary;
};

ModelSpec make(const char* name, const Shape& s) {
  ModelSpec m;
  m.name = name;
  m.layers = s.layers;
  m.hidden = s.hidden;
  m.heads = s.heads;
  m.kv_heads = s.kv_heads;
  m.ffn = s.ffn;
  m.vocabulary = s.vocabulary;
  return m;
}

ModelSpec gpt(const char* name, const Shape& s, int positions) {
  ModelSpec m = make(name, s);
  m.max_positions = positions;
  m.tied_embeddings = m.attention_bias = m.ffn_bias = true;
  return m;
}

ModelSpec llama(const char* name, const Shape& s) {
  ModelSpec m = make(name, s);
  m.activation = Activation::swiglu;
  m.position = PositionKind::rotary;
  m.norm = NormKind::rmsnorm;
  return m;
}

ModelSpec moe(ModelSpec m, int experts, int top_k, int expert_ffn, int shared = 0, int first_dense = 0) {
  m.moe.experts = experts;
  m.moe.top_k = top_k;
  m.moe.expert_ffn = expert_ffn;
  m.moe.shared = shared;
  m.moe.first_dense_layers = first_dense;
  return m;
}

ModelSpec deepseek(const char* name, const Shape& s, int experts, int top_k, int expert_ffn, int shared, int dense) {
  ModelSpec m = moe(llama(name, s), experts, top_k, expert_ffn, shared, dense);
  m.attention = AttentionKind::mla;
  m.latent = {1536, 512, 64, 128, 128};
  return m;
}

ModelSpec qwen25(const char* name, const Shape& s) {
  ModelSpec m = llama(name, s);
  m.qkv_bias = true;
  return m;
}

ModelSpec qwen3_moe(const char* name, const Shape& s, int expert_ffn) {
  ModelSpec m = moe(llama(name, s), 128, 8, expert_ffn);
  m.head_dim = 128;
  m.qk_norm = true;
  return m;
}

ModelSpec bloom() {
  ModelSpec m = gpt("BLOOM", {70, 14336, 112, 112, 57344, 250880}, 0);
  m.position = PositionKind::alibi;
  m.embedding_norm = true;
  return m;
}

ModelSpec nemotron4() {
  ModelSpec m = make("Nemotron-4 340B", {96, 18432, 96, 8, 73728, 256000});
  m.activation = Activation::squared_relu;
  m.position = PositionKind::rotary;
  return m;
}

ModelSpec gpt_oss() {
  ModelSpec m = moe(llama("gpt-oss-120b", {36, 2880, 64, 8, 2880, 201088}), 128, 4, 2880);
  m.head_dim = 64;
  m.attention_bias = m.ffn_bias = true;
  return m;
}

std::vector<Published> published() {
  return {
      {gpt("GPT-2 XL", {48, 1600, 25, 25, 6400, 50257}, 1024), 1.5576e9},     // Hugging Face weights
      {gpt("GPT-3 175B", {96, 12288, 96, 96, 49152, 50257}, 2048), 175.0e9},  // Brown et al. 2020, table D.1
      {gpt("GPT 530B", {105, 20480, 128, 128, 81920, 51200}, 2048), 529.6e9}, // Narayanan et al. SC'21
      {gpt("GPT 1T", {128, 25600, 160, 160, 102400, 51200}, 2048), 1008.0e9}, // Narayanan et al. SC'21
      {bloom(), 176.247e9},                                                   // model card: 176,247,271,424
      {llama("LLaMA 65B", {80, 8192, 64, 64, 22016, 32000}), 65.2e9},         // Touvron et al. 2023a
      {llama("Llama 2 7B", {32, 4096, 32, 32, 11008, 32000}), 6.738e9},       // weights
      {llama("Llama 2 13B", {40, 5120, 40, 40, 13824, 32000}), 13.016e9},     // weights
      {llama("Llama 2 70B", {80, 8192, 64, 8, 28672, 32000}), 68.977e9},      // weights
      {llama("Llama 3 8B", {32, 4096, 32, 8, 14336, 128256}), 8.03e9},        // weights
      {llama("Llama 3 70B", {80, 8192, 64, 8, 28672, 128256}), 70.55e9},      // weights
      {llama("Llama 3 405B", {126, 16384, 128, 8, 53248, 128256}), 405.85e9}, // weights
      {nemotron4(), 341.0e9},                                                 // arXiv 2406.11704: 9.4B + 331.6B
      {qwen25("Qwen2.5 7B", {28, 3584, 28, 4, 18944, 152064}), 7.61e9},       // model card
      {qwen25("Qwen2.5 72B", {80, 8192, 64, 8, 29568, 152064}), 72.7e9},      // model card
      {moe(llama("Mixtral 8x7B", {32, 4096, 32, 8, 14336, 32000}), 8, 2, 14336), 46.7e9, 12.9e9}, // model card
      {qwen3_moe("Qwen3 30B-A3B", {48, 2048, 32, 4, 6144, 151936}, 768), 30.5e9, 3.35e9}, // model card: 30.5B, 3.3B
      {qwen3_moe("Qwen3 235B-A22B", {94, 4096, 64, 4, 12288, 151936}, 1536), 235.0e9, 22.1e9},     // model card: 22B
      {deepseek("DeepSeek-V2", {60, 5120, 128, 128, 12288, 102400}, 160, 6, 1536, 2, 1), 235.7e9}, // model card: 236B
      {deepseek("DeepSeek-V3", {61, 7168, 128, 128, 18432, 129280}, 256, 8, 2048, 1, 3), 671.0e9}, // arXiv 2412.19437
      {gpt_oss(), 116.83e9}, // model card, table 1
  };
}

} // namespace

TEST_CASE("parameter counts of public models against their published totals") {
  for (const Published& p : published()) {
    INFO(p.model.name);
    CHECK(total_parameters(p.model) == Approx(p.total).epsilon(0.005));
    if (p.active > 0) {
      CHECK(active_parameters(p.model) == Approx(p.active).epsilon(0.005));
    }
  }
}

TEST_CASE("parameter counts to the last weight") {
  CHECK(total_parameters(gpt("GPT-2 XL", {48, 1600, 25, 25, 6400, 50257}, 1024)) == 1557611200.0);
  CHECK(total_parameters(bloom()) == 176247271424.0);
  CHECK(total_parameters(llama("Llama 2 7B", {32, 4096, 32, 32, 11008, 32000})) == 6738415616.0);
  CHECK(total_parameters(llama("Llama 3 8B", {32, 4096, 32, 8, 14336, 128256})) == 8030261248.0);
  CHECK(total_parameters(llama("Llama 3 70B", {80, 8192, 64, 8, 28672, 128256})) == 70553706496.0);
  CHECK(total_parameters(moe(llama("Mixtral 8x7B", {32, 4096, 32, 8, 14336, 32000}), 8, 2, 14336)) == 46702792704.0);
  CHECK(total_parameters(qwen25("Qwen2.5 72B", {80, 8192, 64, 8, 29568, 152064})) == 72706203648.0);
}

TEST_CASE("DeepSeek-V3: active parameters and the multi-token-prediction module") {
  ModelSpec m = deepseek("DeepSeek-V3", {61, 7168, 128, 128, 18432, 129280}, 256, 8, 2048, 1, 3);
  m.mtp_layers = 1;
  // Both from the README_WEIGHTS of its repository: 36.7B activated without the embedding, 11.5B for the module.
  CHECK(active_parameters(m) - embedding_parameters(m) == Approx(36.7e9).epsilon(0.005));
  CHECK(mtp_parameters(m) == Approx(11.5e9).epsilon(0.01));
}
