#include "part_builder.hpp"

namespace iccsim::workload {

void PartBuilder::add_forward(const Operation& operation, bool core) {
  part_.forward.push_back(operation);
  if (core) {
    part_.core.push_back(operation);
  }
}

void PartBuilder::linear(const char* what, double m, double n, double k, double count, bool sixteen_bit) {
  const bool grouped = count > 1;
  const bool eight_bit = cut_.fp8 && !sixteen_bit;
  const double in = eight_bit ? 1 : 2;
  Gemm forward{m, n, k, count, grouped, sixteen_bit, in, 2};
  Gemm input{m, k, n, count, grouped, sixteen_bit, in, 2};
  // In-place accumulation reads and writes the fp32 sum; otherwise the product writes its own 16 bits.
  const bool in_place = software_.gradient_accumulation_bytes == 0;
  Gemm weight{k, n, m, count, grouped, sixteen_bit, in, in_place ? 2 * cut_.gradient_bytes : 2.0};
  add_forward({what, forward, 1, 1}, false);
  part_.backward_input.push_back({what, input, 1, 1});
  part_.backward_weight.push_back({what, weight, 1, 1});
  if (!in_place) {
    const Elementwise add{software_.gradient_accumulation_bytes * n * k * count};
    part_.backward_weight.push_back({"gradient_accumulation", add, 1, 1});
  }
  if (eight_bit) {
    // Casts to 8 bits: an input read in 16 and written twice in 8 (as is and transposed, for the weight gradient);
    // the output's gradient likewise (Micikevicius et al. 2022; Transformer Engine keeps both layouts).
    add_forward({"cast", Elementwise{4 * m * k * count}, 1, 1}, false);
    part_.backward_input.push_back({"cast", Elementwise{4 * m * n * count}, 1, 1});
  }
}

void PartBuilder::batched(const char* what, double m, double n, double k, double count, bool core) {
  add_forward({what, Gemm{m, n, k, count, true, true, 2, 2}, 1, 1}, core);
  part_.backward_input.push_back({what, Gemm{m, k, n, count, true, true, 2, 2}, 1, 1});
  part_.backward_input.push_back({what, Gemm{k, n, m, count, true, true, 2, 2}, 1, 1});
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
