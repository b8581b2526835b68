#include "iccsim/workload/layer_operations.hpp"

#include "iccsim/workload/transformer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

using namespace iccsim;
using namespace iccsim::workload;

namespace {

scenario::ModelSpec dense() {
  scenario::ModelSpec model;
  model.layers = 8;
  model.hidden = 1024;
  model.heads = 8;
  model.kv_heads = 8;
  model.head_dim = 128;
  model.ffn = 4096;
  model.vocabulary = 32000;
  model.position = scenario::PositionKind::rotary;
  return model;
}

scenario::ModelSpec mixture() {
  scenario::ModelSpec model = dense();
  model.moe.experts = 16;
  model.moe.top_k = 2;
  model.moe.expert_ffn = 512;
  return model;
}

LayerCut cut() {
  LayerCut cut;
  cut.micro = 2;
  cut.sequence = 4096;
  return cut;
}

const Operation* named(const std::vector<Operation>& operations, const char* what) {
  for (const Operation& operation : operations) {
    if (std::strcmp(operation.what, what) == 0) {
      return &operation;
    }
  }
  return nullptr;
}

FusedAttention attention(const scenario::ModelSpec& model, const scenario::SoftwareSpec& software) {
  const PartOperations part = layer_operations(model, software, cut(), false);
  const Operation* found = named(part.forward, "attention");
  REQUIRE(found != nullptr);
  return std::get<FusedAttention>(found->work);
}

/// Keys that the tokens of a causal sequence see through a window, counted one token after another.
double keys_seen(int sequence, int window) {
  double keys = 0;
  for (int token = 0; token < sequence; ++token) {
    keys += std::min(token + 1, window);
  }
  return keys;
}

} // namespace

TEST_CASE("a windowed layer computes the keys of its window, counted token by token") {
  scenario::ModelSpec model = dense();
  model.window = 512;
  model.full_attention_every = 0;
  const LayerCut whole = cut();
  const FusedAttention kernel = attention(model, {});
  const double per_key = 2.0 * whole.micro * model.heads * 2 * model.head_dim;
  // The closed form takes half a key less for each token of the triangle at the start.
  CHECK(kernel.flops == Approx(per_key * keys_seen(4096, 512)).epsilon(1e-3));
  CHECK(kernel.model_flops == Approx(per_key * 4096 * 512));
}

TEST_CASE("windows of every second layer lie half-way between full attention and windows everywhere") {
  scenario::ModelSpec full = dense();
  scenario::ModelSpec windowed = dense();
  windowed.window = 256;
  windowed.full_attention_every = 0;
  scenario::ModelSpec mixed = windowed;
  mixed.full_attention_every = 2;
  const auto flops = [](const scenario::ModelSpec& model) { return attention(model, {}).flops; };
  CHECK(flops(mixed) == Approx((flops(full) + flops(windowed)) / 2));
  CHECK(counted_context(mixed, 4096) == Approx((4096 + 256) / 2.0));
}

TEST_CASE("a window as long as the sequence changes nothing") {
  scenario::ModelSpec model = dense();
  const double before = attention(model, {}).flops;
  model.window = 4096;
  model.full_attention_every = 0;
  CHECK(attention(model, {}).flops == before);
  CHECK(model_flops_per_token(model, 4096) == model_flops_per_token(dense(), 4096));
}

TEST_CASE("ALiBi leaves the fused kernel only where the stack says so") {
  scenario::ModelSpec model = dense();
  model.position = scenario::PositionKind::alibi;
  scenario::SoftwareSpec software;
  CHECK(has_fused_core(model, software));
  software.fused_softmax = false;
  CHECK_FALSE(has_fused_core(model, software));
  CHECK(named(layer_operations(model, software, cut(), false).forward, "softmax") != nullptr);
  model.position = scenario::PositionKind::rotary;
  CHECK(has_fused_core(model, software));
}

TEST_CASE("experts that a stack does not fuse take passes of their own, more of them with biases") {
  const auto bytes = [](bool fused, bool bias) {
    scenario::ModelSpec model = mixture();
    model.ffn_bias = bias;
    scenario::SoftwareSpec software;
    software.fused_expert_bias = fused;
    const PartOperations part = layer_operations(model, software, cut(), true);
    const Operation* found = named(part.forward, "expert_passes");
    return found == nullptr ? 0.0 : std::get<Elementwise>(found->work).bytes;
  };
  const double routed = 2 * 4096 * 2 * 1024.0; // tokens, top 2, hidden
  CHECK(bytes(true, false) == 0.0);
  CHECK(bytes(false, false) == Approx(20 * routed));
  CHECK(bytes(true, true) == Approx(48 * routed / 2)); // experts half as wide as the residual stream
  CHECK(bytes(false, true) == Approx((20 + 120 / 2.0) * routed));
}

TEST_CASE("rows of an expert are padded, whatever their number") {
  scenario::ModelSpec model = mixture();
  LayerCut odd = cut();
  odd.sequence = 4095;
  const PartOperations part = layer_operations(model, {}, odd, true);
  const Operation* weight = named(part.backward_weight, "ffn_up");
  REQUIRE(weight != nullptr);
  const Gemm gemm = std::get<Gemm>(weight->work);
  CHECK(gemm.grouped);
  CHECK(gemm.padded);
}
