#include "kernel_clock.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::workload::serving {

namespace {

using scenario::KernelCalibration;
using scenario::Precision;

const KernelCalibration* own_calibration(const scenario::SoftwareSpec& software, const std::string& chip) {
  const auto found = software.chips.find(chip);
  return found == software.chips.end() ? nullptr : &found->second;
}

KernelCalibration calibration_of(const scenario::SoftwareSpec& software, const std::string& chip) {
  if (const KernelCalibration* own = own_calibration(software, chip)) {
    return *own;
  }
  return software.fallback.value_or(KernelCalibration{});
}

bool has_units(const scenario::ChipSpec& chip, Precision precision) {
  return chip.peak_flops.count(precision) > 0;
}

/// Weights in a precision that the chip's units lack are widened: 8 bits to whichever 8-bit format there is, else 16.
Precision unit_of(const scenario::ChipSpec& chip, Precision precision) {
  if (has_units(chip, precision)) {
    return precision;
  }
  if (precision == Precision::fp4 && has_units(chip, Precision::fp8)) {
    return Precision::fp8;
  }
  return has_units(chip, Precision::bf16) ? Precision::bf16 : Precision::fp16;
}

double peak_of(const scenario::ChipSpec& chip, Precision unit) {
  for (Precision p : {unit, Precision::bf16, Precision::fp16, Precision::fp32}) {
    if (const auto found = chip.peak_flops.find(p); found != chip.peak_flops.end()) {
      return found->second;
    }
  }
  return 1.0;
}

/// Absent precisions: 16-bit products; 0.7 where nothing is said (see operation.cpp).
double share_of_peak(const KernelCalibration& calibration, Precision unit) {
  for (Precision p : {unit, Precision::bf16, Precision::fp16}) {
    if (const auto found = calibration.gemm_efficiency.find(p); found != calibration.gemm_efficiency.end()) {
      return found->second;
    }
  }
  return 0.7;
}

/// Grouped products lose half of their rate when the smaller side of the matrix has so many elements: experts of 256 to
/// 14,336 elements on H100 reach 0.13 to 0.31 of the 8-bit peak and 0.26 to 0.57 of the 16-bit one, within 10% of this
/// curve (aiconfigurator tables, 16,384 tokens). What is lost at the edges of a tile takes its time whatever the matrix
/// unit beside it: experts of 768 to 1,664 elements reach 0.83 to 0.92 on H20 (alibaba/InferSim,
/// bench_data/grouped_gemm), whose multiprocessors have a quarter of the rate. Twice the rate (Blackwell) is in its own
/// shares.
constexpr double half_rate_width = 400;
constexpr double half_rate_unit_flops = 989.4e12 / 132;

double half_rate_elements(const scenario::ChipSpec& chip) {
  return half_rate_width * std::min(1.0, peak_of(chip, Precision::bf16) / chip.multiprocessors / half_rate_unit_flops);
}

/// Elements of a head that would take as long as its softmax.
constexpr double softmax_width = 36;

/// Few rows of an expert leave most of a tile and of the pipeline behind it empty: 64 rows reach 0.5 to 0.55 of what
/// 1,024 do, 128 rows 0.57 (aiconfigurator tables of H100). Rows an expert beyond its own, at most as many again.
constexpr double tile_filling = 80;
/// The same of products that widen MXFP4 weights, with choices by a power law (aiconfigurator tables of H100 and H200,
/// w4a16_mxfp4: median error 5%).
constexpr double widened_tile_filling = 50;

/// Memory and matrix time overlap, but not perfectly where they are alike: the norm of order 4 is 19% above the longer
/// one there. cuBLAS on H100 at m = 256 lies 5 to 25% above it (aiconfigurator tables).
double overlapped(double a_s, double b_s) {
  const double longer = std::max(a_s, b_s);
  if (longer <= 0) {
    return 0;
  }
  const double ratio = std::min(a_s, b_s) / longer;
  return longer * std::sqrt(std::sqrt(1.0 + ratio * ratio * ratio * ratio));
}

} // namespace

KernelClock::KernelClock(const scenario::ChipSpec& chip, const scenario::SoftwareSpec& software)
    : chip_(chip), kernels_(calibration_of(software, chip.name)),
      serving_(kernels_.serving.value_or(scenario::ServingCalibration{})),
      evidence_(own_calibration(software, chip.name) ? kernels_.evidence : scenario::Evidence::datasheet_only) {}

double KernelClock::matrix_rate(Precision precision, double k) const {
  const Precision unit = unit_of(chip_, precision);
  const double overhead = kernels_.gemm_k_overhead * peak_of(chip_, unit) / peak_of(chip_, Precision::bf16);
  return peak_of(chip_, unit) * share_of_peak(kernels_, unit) * k / (k + overhead);
}

double KernelClock::product_s(const Product& product) const {
  const double weights = product.n * product.k * product.count * product.weight_bytes;
  const double activations = product.m * (product.k * product.activation_bytes + product.n * 2.0) * product.count;
  const double read_s = weights / (chip_.memory_bytes_per_s * serving_.weight_read_efficiency) + memory_s(activations);
  const double flops = 2.0 * product.m * product.n * product.k * product.count;
  return overlapped(read_s, flops / matrix_rate(product.precision, product.k));
}

double KernelClock::grouped_s(const GroupedProduct& product) const {
  const double weights = product.active * product.n * product.k * product.weight_bytes;
  const double activations = product.rows * (product.k * product.activation_bytes + product.n * 2.0);
  const bool widened = product.widened && serving_.widened_read_efficiency > 0;
  const double read_share = widened ? serving_.widened_read_efficiency : serving_.moe_read_efficiency;
  const double read_s = weights / (chip_.memory_bytes_per_s * read_share) + memory_s(activations);
  const double filling = widened ? widened_tile_filling : tile_filling;
  const double padded = product.rows + std::min(product.rows, product.active * filling);
  const double share = product.widened && serving_.widened_gemm_efficiency > 0 ? serving_.widened_gemm_efficiency
                                                                               : serving_.moe_gemm_efficiency;
  const double slim = std::min(product.n, product.k);
  const double rate = matrix_rate(product.precision, product.k) * share * slim / (slim + half_rate_elements(chip_));
  const double compute_s = 2.0 * padded * product.n * product.k / rate;
  // Measured with uneven loads: experts with many rows wait for the matrix units, those with few for memory and the
  // widening, one after the other.
  return widened ? read_s + compute_s : overlapped(read_s, compute_s);
}

double KernelClock::memory_s(double bytes) const {
  return bytes / (chip_.memory_bytes_per_s * kernels_.memory_efficiency);
}

double KernelClock::prompt_attention_s(double flops, double bytes, double head_dim) const {
  const double share =
      serving_.prefill_attention_efficiency > 0 ? serving_.prefill_attention_efficiency : kernels_.attention_efficiency;
  // Softmax costs the same for narrow heads: those of 64 reach 0.80 to 0.84 of the rate of those of 128, for which
  // shares are given (aiconfigurator tables of H100, prompts of 8,192 and 16,384).
  const double narrow = std::min(1.0, head_dim / (head_dim + softmax_width) * (128 + softmax_width) / 128);
  return overlapped(memory_s(bytes), flops / (peak_of(chip_, Precision::bf16) * share * narrow));
}

double KernelClock::decode_attention_s(double flops, double bytes, bool latent) const {
  const double share = latent ? serving_.latent_decode_efficiency : serving_.decode_attention_efficiency;
  return std::max(bytes / chip_.memory_bytes_per_s, flops / peak_of(chip_, Precision::bf16)) / share;
}

double KernelClock::sparse_prompt_s(double flops, double bytes) const {
  return overlapped(memory_s(bytes), flops / (peak_of(chip_, Precision::bf16) * serving_.sparse_prefill_efficiency));
}

double KernelClock::sparse_decode_s(double flops, double bytes) const {
  return std::max(memory_s(bytes), flops / (peak_of(chip_, Precision::bf16) * serving_.sparse_decode_efficiency));
}

double KernelClock::index_scores_s(double flops, double bytes) const {
  const double rate = peak_of(chip_, unit_of(chip_, Precision::fp8)) * serving_.index_efficiency;
  return overlapped(memory_s(bytes), flops / rate);
}

double KernelClock::head_tile() const {
  // A pair of Blackwell's blocks works on 128 rows, a warp group of Hopper on 64; engines pad the heads of a card to
  // that (deepseek-ai/FlashMLA@e77c306, csrc/sm90/prefill/sparse/fwd.cu; vLLM, backends/mla/flashmla_sparse.py).
  return has_units(chip_, Precision::fp4) ? 128 : 64;
}

double KernelClock::gap_s(bool graph) const {
  if (graph) {
    return serving_.graph_launch_s;
  }
  return serving_.prefill_launch_s > 0 ? serving_.prefill_launch_s : kernels_.launch_s;
}

} // namespace iccsim::workload::serving
