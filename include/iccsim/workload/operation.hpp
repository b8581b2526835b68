// Operations of a layer on one card, and what each costs on a chip with a software stack.
#pragma once

#include "iccsim/scenario/chip.hpp"
#include "iccsim/scenario/software.hpp"

#include <string>
#include <variant>
#include <vector>

namespace iccsim::workload {

/// `count` equal products of (m x k) by (k x n).
struct Gemm {
  double m = 0, n = 0, k = 0;
  double count = 1;         ///< in one launch when batched or grouped, else one after another
  bool batched = false;     ///< the products fill the chip together (attention heads, experts)
  bool grouped = false;     ///< experts of one card: each has rows of its own
  bool sixteen_bit = false; ///< runs in 16 bits even when the job trains in fp8 (attention, router, logits)
  bool padded = false;      ///< the stack pads odd dimensions (vocabularies, rows of experts), so none is slow
  double input_bytes = 2;   ///< of one element of either input
  double output_bytes = 2;  ///< traffic of one element of the output (8: read and written in fp32)
};

/// Fused attention core (FlashAttention or alike).
struct FusedAttention {
  double flops = 0;       ///< that the kernel executes (causal half skipped when the stack skips it)
  double model_flops = 0; ///< that the convention counts (full score matrix)
  double bytes = 0;       ///< q, k, v, output
  double head_dim = 0;    ///< mean length of a key and a value; 0: 128
  bool backward = false;
};

/// Limited by device memory: norms, activations, dropout, softmax, optimizer.
struct Elementwise {
  double bytes = 0; ///< read and written
};

/// One kernel launch (or `launches` equal ones).
struct Operation {
  const char* what = ""; ///< qkv, scores, softmax, ffn_up, ...
  std::variant<Gemm, FusedAttention, Elementwise> work;
  double launches = 1;
  double times = 1; ///< the operation repeats (layers)
};

/// Seconds of one card by cause. Their sum is the time on the compute stream.
struct ComputeCost {
  double compute_s = 0;      ///< model FLOPs / peak
  double recompute_s = 0;    ///< recomputed FLOPs / peak
  double kernel_s = 0;       ///< matrix kernels beyond FLOPs / peak, launches
  double memory_bound_s = 0; ///< elementwise kernels
  double total() const { return compute_s + recompute_s + kernel_s + memory_bound_s; }
  ComputeCost& operator+=(const ComputeCost& o) {
    compute_s += o.compute_s;
    recompute_s += o.recompute_s;
    kernel_s += o.kernel_s;
    memory_bound_s += o.memory_bound_s;
    return *this;
  }
};

ComputeCost scaled(const ComputeCost& cost, double times);

/// Prices operations for one (chip, stack, precision).
class CostModel {
public:
  CostModel(const scenario::ChipSpec& chip, const scenario::SoftwareSpec& software, scenario::Precision precision);

  /// `recomputed`: the FLOPs count as recompute, not as model FLOPs.
  ComputeCost cost(const Operation& operation, bool recomputed) const;
  ComputeCost cost(const std::vector<Operation>& operations, bool recomputed) const;
  const scenario::KernelCalibration& calibration() const { return calibration_; }
  double peak_flops() const { return peak_flops_; }
  scenario::Evidence evidence() const { return calibration_.evidence; }

private:
  ComputeCost gemm_cost(const Gemm& gemm, bool recomputed) const;
  ComputeCost attention_cost(const FusedAttention& attention, bool recomputed) const;
  ComputeCost elementwise_cost(const Elementwise& elementwise) const;
  double tile_seconds(const Gemm& gemm) const;
  /// Rate of a fused attention kernel at `head_dim` over its rate at 128.
  double head_share(double head_dim) const;

  scenario::ChipSpec chip_;
  scenario::KernelCalibration calibration_;
  double peak_flops_ = 0;        ///< in the job's precision: what MFU counts against
  double gemm_efficiency_ = 0;   ///< in the job's precision
  double sixteen_bit_flops_ = 0; ///< peak for what stays in 16 bits
  double sixteen_bit_efficiency_ = 0;
};

} // namespace iccsim::workload
