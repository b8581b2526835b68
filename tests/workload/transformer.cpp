#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;
using namespace iccsim::workload;

namespace {

ModelSpec gpt(int layers, int hidden, int heads, int vocabulary) {
  ModelSpec m;
  m.layers = layers;
  m.hidden = hidden;
  m.heads = heads;
  m.vocabulary = vocabulary;
  m.tied_embeddings = true;
  m.attention_bias = m.ffn_bias = true;
  return m;
}

ModelSpec mixture() {
  ModelSpec m = gpt(7, 64, 4, 1000);
  m.activation = Activation::swiglu;
  m.ffn = 160;
  m.moe = {};
  m.moe.experts = 8;
  m.moe.top_k = 2;
  m.moe.shared = 1;
  m.moe.expert_ffn = 32;
  m.moe.shared_ffn = 48;
  m.moe.first_dense_layers = 1;
  m.moe.every = 2;
  return m;
}

} // namespace

TEST_CASE("model FLOPs of the GPT shape: 72 L h^2 (1 + s/(6h) + V/(12 L h))") {
  for (auto [layers, hidden, heads] : {std::tuple{24, 2304, 24}, {80, 12288, 96}, {128, 25600, 160}}) {
    const double L = layers, h = hidden, s = 2048, V = 51200;
    const ModelSpec m = gpt(layers, hidden, heads, 51200);
    CHECK(model_flops_per_token(m, s) == Approx(72 * L * h * h * (1 + s / (6 * h) + V / (12 * L * h))).epsilon(1e-12));
  }
}

TEST_CASE("full recomputation totals 96 L h^2 (1 + s/(6h) + V/(16 L h))") {
  const double L = 96, h = 12288, s = 2048, V = 51200;
  const ModelSpec m = gpt(96, 12288, 96, 51200);
  const double total = model_flops_per_token(m, s) + recompute_flops_per_token(m, s, Recompute::full);
  CHECK(total == Approx(96 * L * h * h * (1 + s / (6 * h) + V / (16 * L * h))).epsilon(1e-12));
}

TEST_CASE("selective recomputation repeats scores and values: 4 s h a layer and token") {
  const ModelSpec m = gpt(96, 12288, 96, 51200);
  CHECK(recompute_flops_per_token(m, 2048, Recompute::selective) == Approx(96 * 4.0 * 2048 * 12288));
  CHECK(recompute_flops_per_token(m, 2048, Recompute::none) == 0);
}

TEST_CASE("grouped queries shrink keys and values, and leave scores as they are") {
  ModelSpec m = gpt(1, 1024, 16, 1);
  ModelSpec grouped = m;
  grouped.kv_heads = 2;
  CHECK(layer_parameters(m, 0).attention - layer_parameters(grouped, 0).attention ==
        Approx(2 * (1024 + 1) * (16 - 2) * 64.0)); // with their biases
  CHECK(attention_core_flops_per_token(grouped, 512) == attention_core_flops_per_token(m, 512));
}

TEST_CASE("heads wider than hidden / heads") {
  ModelSpec m = gpt(1, 1024, 16, 1);
  m.head_dim = 128;
  m.attention_bias = false;
  CHECK(layer_parameters(m, 0).attention == Approx(4 * 1024.0 * 2048));
  CHECK(attention_core_flops_per_token(m, 10) == Approx(2 * 10 * 2 * 2048.0));
}

TEST_CASE("which layers are mixtures") {
  const ModelSpec m = mixture(); // one dense layer first, then every second
  std::string pattern;
  for (int i = 0; i < m.layers; ++i) {
    pattern += is_moe_layer(m, i) ? 'M' : 'd';
  }
  CHECK(pattern == "ddMdMdM");
}

TEST_CASE("a token pays for the router, its top-k experts and the shared ones") {
  ModelSpec m = mixture();
  const double ffn = layer_forward_flops_per_token(m, 2, 0) - layer_forward_flops_per_token(m, 0, 0);
  CHECK(ffn == Approx(2 * (2 * 3 * 64.0 * 32 + 3 * 64.0 * 48 + 8 * 64.0 - 3 * 64.0 * 160)));
}

TEST_CASE("active parameters leave out the experts that a token does not visit") {
  ModelSpec m = mixture();
  const double unused = 3 * 6 * layer_parameters(m, 2).experts / 8; // three MoE layers, six of eight experts
  CHECK(total_parameters(m) - active_parameters(m) == Approx(unused));
}

TEST_CASE("FLOPs of the matrices are six a weight and token") {
  ModelSpec m = gpt(4, 512, 8, 3000);
  m.tied_embeddings = false;
  m.attention_bias = m.ffn_bias = false;
  m.position = PositionKind::none;
  const double weights = total_parameters(m) - 3000 * 512.0 - 4 * 4 * 512.0 - 2 * 512.0; // no look-up, no norms
  CHECK(model_flops_per_token(m, 0) == Approx(6 * weights));
}

TEST_CASE("latent attention: up-projections count as recomputed when selective") {
  ModelSpec m = gpt(2, 1024, 8, 1);
  m.attention = AttentionKind::mla;
  m.latent = {256, 128, 32, 64, 64};
  const double up = 256 * 8 * 96.0 + 128 * 8 * 128.0;
  const double core = 2 * 100 * (8 * 96.0 + 8 * 64.0);
  CHECK(recompute_flops_per_token(m, 100, Recompute::selective) == Approx(2 * (core + 2 * up)));
}

TEST_CASE("multi-token prediction is apart from model FLOPs") {
  ModelSpec m = gpt(3, 256, 4, 500);
  const double before = model_flops_per_token(m, 128);
  m.mtp_layers = 2;
  CHECK(model_flops_per_token(m, 128) == before);
  const double module = layer_forward_flops_per_token(m, 2, 128) + 4 * 256.0 * 256 + 2 * 256.0 * 500;
  CHECK(mtp_flops_per_token(m, 128) == Approx(2 * 3 * module));
}
