#include "iccsim/workload/operation.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload {

namespace {

using scenario::Precision;

/// The calibration of the pair, else the stack's fallback, else plain defaults: the evidence label says which.
scenario::KernelCalibration calibration_of(const scenario::SoftwareSpec& software, const std::string& chip) {
  if (auto found = software.chips.find(chip); found != software.chips.end()) {
    return found->second;
  }
  scenario::KernelCalibration calibration = software.fallback.value_or(scenario::KernelCalibration{});
  calibration.evidence = scenario::Evidence::datasheet_only;
  return calibration;
}

/// A chip without a rate of its own for `precision` runs it at its 16-bit rate.
double peak_of(const scenario::ChipSpec& chip, Precision precision) {
  for (Precision p : {precision, Precision::bf16, Precision::fp16, Precision::tf32, Precision::fp32}) {
    if (auto found = chip.peak_flops.find(p); found != chip.peak_flops.end()) {
      return found->second;
    }
  }
  return 1.0;
}

/// An efficiency that the calibration lacks is that of 16-bit products; 0.7 where nothing was said at all, what
/// large products reach on most chips of flagperf's table (A100 83%, 910B 81%, BI-V150 about 70%).
double gemm_efficiency_of(const scenario::KernelCalibration& calibration, Precision precision) {
  for (Precision p : {precision, Precision::bf16, Precision::fp16}) {
    if (auto found = calibration.gemm_efficiency.find(p); found != calibration.gemm_efficiency.end()) {
      return found->second;
    }
  }
  return 0.7;
}

Precision sixteen_bit_of(Precision precision) {
  return scenario::bytes_per_element(precision) < 2 ? Precision::bf16 : precision;
}

bool unaligned(double elements) {
  return std::fmod(elements, 8.0) != 0.0;
}

void count_flops(ComputeCost& cost, double seconds_at_peak, bool recomputed) {
  (recomputed ? cost.recompute_s : cost.compute_s) += seconds_at_peak;
}

} // namespace

CostModel::CostModel(const scenario::ChipSpec& chip, const scenario::SoftwareSpec& software, Precision precision)
    : chip_(chip), calibration_(calibration_of(software, chip.name)), peak_flops_(peak_of(chip, precision)),
      gemm_efficiency_(gemm_efficiency_of(calibration_, precision)),
      sixteen_bit_flops_(peak_of(chip, sixteen_bit_of(precision))),
      sixteen_bit_efficiency_(gemm_efficiency_of(calibration_, sixteen_bit_of(precision))) {}

// Output tiles are dealt to the multiprocessors in waves; a tile takes its share of the products plus a prologue and
// an epilogue that are worth gemm_k_overhead elements of k at the 16-bit rate. Fitted to cuBLAS on A100, H100 and H200
// (1,152 to 10,013 shapes each, median error 4 to 5%); platforms/software/README.md has the table.
double CostModel::tile_seconds(const Gemm& gemm) const {
  const double peak = gemm.sixteen_bit ? sixteen_bit_flops_ : peak_flops_;
  double efficiency = gemm.sixteen_bit ? sixteen_bit_efficiency_ : gemm_efficiency_;
  if (!gemm.padded && (unaligned(gemm.n) || unaligned(gemm.k))) {
    efficiency *= calibration_.unaligned_gemm_efficiency;
  }
  if (gemm.grouped) {
    efficiency *= calibration_.grouped_gemm_efficiency;
  }
  const double tile_m = calibration_.gemm_tile_m;
  const double tile_n = calibration_.gemm_tile_n;
  const double units = chip_.multiprocessors;
  const double together = gemm.batched ? gemm.count : 1.0;
  const double waves = std::ceil(gemm.m / tile_m) * std::ceil(gemm.n / tile_n) * together / units;
  const double quantized = calibration_.gemm_wave_quantization;
  const double paid_waves = quantized * std::ceil(waves) + (1.0 - quantized) * std::max(waves, 1.0);
  const double k = gemm.k + calibration_.gemm_k_overhead * peak / sixteen_bit_flops_;
  const double wave_seconds = 2.0 * tile_m * tile_n * k / (peak / units * efficiency);
  return paid_waves * wave_seconds * gemm.count / together;
}

ComputeCost CostModel::gemm_cost(const Gemm& gemm, bool recomputed) const {
  const double flops = 2.0 * gemm.m * gemm.n * gemm.k * gemm.count;
  const double bytes =
      gemm.count * (gemm.input_bytes * (gemm.m * gemm.k + gemm.k * gemm.n) + gemm.output_bytes * gemm.m * gemm.n);
  const double matrix_s = tile_seconds(gemm);
  const double memory_s = bytes / (chip_.memory_bytes_per_s * calibration_.memory_efficiency);
  ComputeCost cost;
  count_flops(cost, flops / peak_flops_, recomputed);
  cost.kernel_s = matrix_s - flops / peak_flops_;
  cost.memory_bound_s = std::max(0.0, memory_s - matrix_s);
  return cost;
}

// The products of a multiprocessor grew faster from chip to chip than its exponentials, of which a score needs one
// whatever the length of the products around it (FlashAttention-3, arXiv 2407.08608, section 3.1). On A100 softmax
// hides behind products at 64 as at 128 (llm-foundry's MPT of both sizes run equally well); beyond its balance a score
// costs some more elements of length: 51 on H100, so 0.78 of the rate at 64, where the paper's figure 5 has 0.7 to 0.8.
double CostModel::head_share(double head_dim) const {
  constexpr double usual = 128;
  constexpr double a100_flops_per_multiprocessor = 312e12 / 108;
  constexpr double softmax_elements = 32;
  if (head_dim <= 0) {
    return 1.0;
  }
  const double growth = sixteen_bit_flops_ / chip_.multiprocessors / a100_flops_per_multiprocessor;
  const double softmax = softmax_elements * std::max(0.0, growth - 1);
  return std::min(1.0, head_dim / (head_dim + softmax) * (usual + softmax) / usual);
}

ComputeCost CostModel::attention_cost(const FusedAttention& attention, bool recomputed) const {
  const double efficiency =
      attention.backward ? calibration_.attention_backward_efficiency : calibration_.attention_efficiency;
  const double matrix_s = attention.flops / (sixteen_bit_flops_ * efficiency * head_share(attention.head_dim));
  const double memory_s = attention.bytes / (chip_.memory_bytes_per_s * calibration_.memory_efficiency);
  ComputeCost cost;
  count_flops(cost, attention.model_flops / peak_flops_, recomputed);
  cost.kernel_s = matrix_s - attention.model_flops / peak_flops_;
  cost.memory_bound_s = std::max(0.0, memory_s - matrix_s);
  return cost;
}

ComputeCost CostModel::elementwise_cost(const Elementwise& elementwise) const {
  ComputeCost cost;
  cost.memory_bound_s = elementwise.bytes / (chip_.memory_bytes_per_s * calibration_.memory_efficiency);
  return cost;
}

ComputeCost CostModel::cost(const Operation& operation, bool recomputed) const {
  struct Pricer {
    const CostModel& model;
    bool recomputed;
    ComputeCost operator()(const Gemm& g) const { return model.gemm_cost(g, recomputed); }
    ComputeCost operator()(const FusedAttention& a) const { return model.attention_cost(a, recomputed); }
    ComputeCost operator()(const Elementwise& e) const { return model.elementwise_cost(e); }
  };
  ComputeCost one = std::visit(Pricer{*this, recomputed}, operation.work);
  one.kernel_s += operation.launches * calibration_.launch_s;
  return scaled(one, operation.times);
}

ComputeCost CostModel::cost(const std::vector<Operation>& operations, bool recomputed) const {
  ComputeCost sum;
  for (const Operation& operation : operations) {
    sum += cost(operation, recomputed);
  }
  return sum;
}

ComputeCost scaled(const ComputeCost& cost, double times) {
  return {cost.compute_s * times, cost.recompute_s * times, cost.kernel_s * times, cost.memory_bound_s * times};
}

} // namespace iccsim::workload
