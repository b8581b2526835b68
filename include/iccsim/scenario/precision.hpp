// Number formats of weights, activations and matrix units.
#pragma once

#include "iccsim/enum_table.hpp"

namespace iccsim::scenario {

enum class Precision { fp32, tf32, fp16, bf16, fp8, int8, fp4, int4 };

/// Bytes of one element in memory (tf32 is stored as fp32).
constexpr double bytes_per_element(Precision precision) {
  switch (precision) {
  case Precision::fp32:
  case Precision::tf32:
    return 4.0;
  case Precision::fp16:
  case Precision::bf16:
    return 2.0;
  case Precision::fp8:
  case Precision::int8:
    return 1.0;
  case Precision::fp4:
  case Precision::int4:
    return 0.5;
  }
  return 2.0;
}

/// What a figure rests on, weakest last.
enum class Evidence { measured_kernels, calibrated_on_one_run, datasheet_only };

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::Precision> {
  using P = scenario::Precision;
  static constexpr EnumRow<P> rows[] = {
      {P::fp32, "fp32", "IEEE single"},
      {P::tf32, "tf32", "TensorFloat-32 matrix units, fp32 storage"},
      {P::fp16, "fp16", "IEEE half"},
      {P::bf16, "bf16", "bfloat16"},
      {P::fp8, "fp8", "8-bit float matrix units, 16-bit activations elsewhere"},
      {P::int8, "int8", "8-bit integer"},
      {P::fp4, "fp4", "4-bit float (NVFP4, MXFP4)"},
      {P::int4, "int4", "4-bit integer weights with a scale a group (GPTQ, AWQ); products in 16 bits"},
  };
};
template <> struct EnumTable<scenario::Evidence> {
  using V = scenario::Evidence;
  static constexpr EnumRow<V> rows[] = {
      {V::measured_kernels, "measured_kernels", "kernel times fitted to measurements of this chip"},
      {V::calibrated_on_one_run, "calibrated_on_one_run", "fixed by one published run of this chip"},
      {V::datasheet_only, "datasheet_only", "peak figures and efficiencies of similar chips"},
  };
};
} // namespace iccsim
