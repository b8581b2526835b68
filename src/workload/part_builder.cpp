#include "part_builder.hpp"

#include <utility>

namespace iccsim::workload {

void PartBuilder::add_forward(const Operation& operation, bool core) {
  part_.forward.push_back(operation);
  if (core) {
    part_.core.push_back(operation);
  }
}

void PartBuilder::linear(const char* what, double m, double n, double k, double count, bool sixteen_bit) {
  Gemm shape{m, n, k, count};
  shape.batched = count > 1;
  shape.grouped = count > 1;
  shape.padded = shape.grouped; // rows of an expert are any number: grouped kernels pad them
  shape.sixteen_bit = sixteen_bit;
  add_linear(what, shape);
}

void PartBuilder::logits(double tokens, double vocabulary, double hidden) {
  Gemm shape{tokens, vocabulary, hidden};
  shape.sixteen_bit = true;
  shape.padded = true;
  add_linear("logits", shape);
}

void PartBuilder::add_linear(const char* what, const Gemm& shape) {
  const bool eight_bit = cut_.fp8 && !shape.sixteen_bit;
  // In-place accumulation reads and writes the fp32 sum; otherwise the product writes its own 16 bits.
  const bool in_place = software_.gradient_accumulation_bytes == 0;
  const double weights = shape.n * shape.k * shape.count;
  Gemm forward = shape;
  forward.input_bytes = eight_bit ? 1 : 2;
  Gemm input = forward;
  std::swap(input.n, input.k);
  Gemm weight = forward;
  weight.m = shape.k;
  weight.k = shape.m;
  weight.output_bytes = in_place ? 2 * cut_.gradient_bytes : 2.0;
  add_forward({what, forward, 1, 1}, false);
  part_.backward_input.push_back({what, input, 1, 1});
  part_.backward_weight.push_back({what, weight, 1, 1});
  if (!in_place) {
    const Elementwise add{software_.gradient_accumulation_bytes * weights};
    part_.backward_weight.push_back({"gradient_accumulation", add, 1, 1});
  }
  if (eight_bit) {
    // Casts to 8 bits: an input read in 16 and written twice in 8 (as is and transposed, for the weight gradient);
    // the output's gradient likewise (Micikevicius et al. 2022; Transformer Engine keeps both layouts).
    add_forward({"cast", Elementwise{4 * shape.m * shape.k * shape.count}, 1, 1}, false);
    part_.backward_input.push_back({"cast", Elementwise{4 * shape.m * shape.n * shape.count}, 1, 1});
  }
}

void PartBuilder::batched(const char* what, double m, double n, double k, double count, bool core) {
  const auto product = [count](double rows, double columns, double inner) {
    Gemm gemm{rows, columns, inner, count};
    gemm.batched = true;
    gemm.sixteen_bit = true;
    return gemm;
  };
  add_forward({what, product(m, n, k), 1, 1}, core);
  part_.backward_input.push_back({what, product(m, k, n), 1, 1});
  part_.backward_input.push_back({what, product(k, n, m), 1, 1});
}

void PartBuilder::elementwise(const char* what, double forward_bytes, double backward_bytes, bool core,
                              double launches) {
  add_forward({what, Elementwise{forward_bytes}, launches, 1}, core);
  if (backward_bytes > 0) {
    part_.backward_input.push_back({what, Elementwise{backward_bytes}, launches, 1});
  }
}

void PartBuilder::fused_attention(const FusedAttention& forward, const FusedAttention& backward) {
  add_forward({"attention", forward, 1, 1}, true);
  part_.backward_input.push_back({"attention", backward, 2, 1});
}

} // namespace iccsim::workload
