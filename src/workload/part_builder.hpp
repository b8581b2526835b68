// Collects the operations of one part: each product brings its two backward products along.
#pragma once

#include "iccsim/workload/layer_operations.hpp"

namespace iccsim::workload {

class PartBuilder {
public:
  PartBuilder(const scenario::SoftwareSpec& software, const LayerCut& cut) : software_(software), cut_(cut) {}

  /// y = x W: m tokens, k in, n out; `count` grouped products (experts).
  void linear(const char* what, double m, double n, double k, double count = 1, bool sixteen_bit = false);
  /// The vocabulary product: 16 bits, its odd sizes padded (Megatron-LM to multiples of 128 x tensor).
  void logits(double tokens, double vocabulary, double hidden);
  /// A product without weights (attention scores, values): backward is two products of activations.
  void batched(const char* what, double m, double n, double k, double count, bool core);
  void elementwise(const char* what, double forward_bytes, double backward_bytes, bool core = false,
                   double launches = 1);
  void fused_attention(const FusedAttention& forward, const FusedAttention& backward);
  PartOperations take() { return std::move(part_); }

private:
  void add_linear(const char* what, const Gemm& shape);
  void add_forward(const Operation& operation, bool core);

  const scenario::SoftwareSpec& software_;
  const LayerCut& cut_;
  PartOperations part_;
};

} // namespace iccsim::workload
