#include "iccsim/workload/operation.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::workload;

namespace {

scenario::ChipSpec chip() {
  scenario::ChipSpec spec;
  spec.name = "c";
  spec.peak_flops = {{scenario::Precision::bf16, 100e12}, {scenario::Precision::fp8, 200e12}};
  spec.memory_bytes_per_s = 1e12;
  spec.multiprocessors = 100;
  return spec;
}

scenario::SoftwareSpec plain() {
  scenario::KernelCalibration calibration;
  calibration.gemm_efficiency = {{scenario::Precision::bf16, 0.8}, {scenario::Precision::fp8, 0.6}};
  calibration.gemm_k_overhead = 0;
  calibration.gemm_tile_m = 128;
  calibration.gemm_tile_n = 128;
  calibration.gemm_wave_quantization = 1;
  calibration.memory_efficiency = 0.5;
  calibration.evidence = scenario::Evidence::measured_kernels;
  scenario::SoftwareSpec software;
  software.chips["c"] = calibration;
  return software;
}

} // namespace

TEST_CASE("a product that fills whole waves runs at the calibrated share of peak") {
  const CostModel model(chip(), plain(), scenario::Precision::bf16);
  const double side = 1280; // 10 x 10 tiles on 100 multiprocessors: one wave
  const ComputeCost cost = model.cost(Operation{"x", Gemm{side, side, 8192}, 1, 1}, false);
  const double flops = 2 * side * side * 8192;
  CHECK(cost.compute_s == Approx(flops / 100e12));
  CHECK(cost.total() == Approx(flops / 80e12));
}

TEST_CASE("one tile beyond a wave costs a second wave") {
  const CostModel model(chip(), plain(), scenario::Precision::bf16);
  const double one = model.cost(Operation{"x", Gemm{1280, 1280, 8192}, 1, 1}, false).total();
  const double more = model.cost(Operation{"x", Gemm{1281, 1280, 8192}, 1, 1}, false).total();
  CHECK(more == Approx(2 * one));
}

TEST_CASE("a thin product is bound by memory") {
  const CostModel model(chip(), plain(), scenario::Precision::bf16);
  const ComputeCost cost = model.cost(Operation{"x", Gemm{8, 12800, 12800}, 1, 1}, false);
  const double bytes = 2.0 * (8 * 12800.0 + 12800.0 * 12800.0 + 8 * 12800.0);
  CHECK(cost.total() == Approx(bytes / 0.5e12));
  CHECK(cost.memory_bound_s > 0);
}

TEST_CASE("recomputed FLOPs are not model FLOPs") {
  const CostModel model(chip(), plain(), scenario::Precision::bf16);
  const Operation product{"x", Gemm{1280, 1280, 1280}, 1, 3};
  CHECK(model.cost(product, true).compute_s == 0);
  CHECK(model.cost(product, true).recompute_s == model.cost(product, false).compute_s);
  CHECK(model.cost(product, true).total() == Approx(model.cost(product, false).total()));
}

TEST_CASE("in fp8 what stays in 16 bits runs at its own rate and counts against the fp8 peak") {
  const CostModel model(chip(), plain(), scenario::Precision::fp8);
  Gemm gemm{1280, 1280, 8192};
  gemm.sixteen_bit = true;
  const ComputeCost cost = model.cost(Operation{"x", gemm, 1, 1}, false);
  const double flops = 2.0 * 1280 * 1280 * 8192;
  CHECK(cost.compute_s == Approx(flops / 200e12));
  CHECK(cost.total() == Approx(flops / 80e12));
}

TEST_CASE("a chip that the stack was not fitted to is priced by the fallback and labelled datasheet only") {
  scenario::SoftwareSpec software = plain();
  software.fallback = software.chips["c"];
  scenario::ChipSpec other = chip();
  other.name = "other";
  const CostModel model(other, software, scenario::Precision::bf16);
  CHECK(model.evidence() == scenario::Evidence::datasheet_only);
  CHECK(CostModel(chip(), software, scenario::Precision::bf16).evidence() == scenario::Evidence::measured_kernels);
}

TEST_CASE("dimensions off multiples of eight lose the fast kernels") {
  const CostModel model(chip(), plain(), scenario::Precision::bf16);
  const double aligned = model.cost(Operation{"x", Gemm{1280, 1280, 8192}, 1, 1}, false).total();
  const double off = model.cost(Operation{"x", Gemm{1280, 1280, 8191}, 1, 1}, false).total();
  CHECK(off > 3 * aligned);
}

TEST_CASE("products of experts run at the calibrated share of the usual rate") {
  scenario::SoftwareSpec software = plain();
  Gemm gemm{1280, 1280, 8192, 4};
  gemm.batched = true;
  const double usual =
      CostModel(chip(), software, scenario::Precision::bf16).cost(Operation{"x", gemm, 1, 1}, false).total();
  software.chips["c"].grouped_gemm_efficiency = 0.5;
  const CostModel halved(chip(), software, scenario::Precision::bf16);
  CHECK(halved.cost(Operation{"x", gemm, 1, 1}, false).total() == Approx(usual));
  gemm.grouped = true;
  CHECK(halved.cost(Operation{"x", gemm, 1, 1}, false).total() == Approx(2 * usual));
}

TEST_CASE("short heads slow fused attention on chips whose products outgrew their exponentials") {
  const auto seconds = [](double peak, double head_dim) {
    scenario::ChipSpec fast = chip();
    fast.peak_flops[scenario::Precision::bf16] = peak;
    const CostModel model(fast, plain(), scenario::Precision::bf16);
    return model.cost(Operation{"x", FusedAttention{1e12, 2e12, 0, head_dim, false}, 1, 1}, false).total();
  };
  const double a100 = 100 * 312e12 / 108; // the same rate a multiprocessor
  CHECK(seconds(a100, 64) == Approx(seconds(a100, 128)));
  CHECK(seconds(3 * a100, 64) > 1.2 * seconds(3 * a100, 128));
  CHECK(seconds(3 * a100, 256) == Approx(seconds(3 * a100, 128)));
  CHECK(seconds(3 * a100, 0) == Approx(seconds(3 * a100, 128)));
}
