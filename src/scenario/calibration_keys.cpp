#include "scenario/calibration_keys.hpp"

#include "scenario/list.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using K = KernelCalibration;
using D = Dimension;

/// Tiles of real kernels are far smaller.
constexpr double largest_tile = 65536;

void read_gemm_efficiency(const Value& value, Reading& reading, K& calibration) {
  using Shares = std::map<Precision, double>;
  static const Keys<Shares> keys = [] {
    Keys<Shares> rows;
    for (const auto& row : EnumTable<Precision>::rows) {
      const Precision precision = row.value;
      rows.push_back(custom<Shares>(std::string(row.name), expected_quantity(D::share), std::string(row.help),
                                    [precision](const Value& v, Reading& r, Shares& shares) {
                                      if (const auto share = read_quantity(v, r, D::share, range::positive_share)) {
                                        shares[precision] = *share;
                                      }
                                    }));
    }
    return rows;
  }();
  read_mapping(value, reading, keys, calibration.gemm_efficiency);
}

void read_tile(const Value& value, Reading& reading, K& calibration) {
  const std::string of = "a list of two whole numbers";
  if (!is_list(value, reading, 2, of)) {
    return;
  }
  if (value.tree->items.size() != 2) {
    reading.fail(value, fmt::format("a list of {}", value.tree->items.size()), of);
    return;
  }
  const Range range = range::between(1, largest_tile);
  calibration.gemm_tile_m = read_integer(value.item(0), reading, range).value_or(1);
  calibration.gemm_tile_n = read_integer(value.item(1), reading, range).value_or(1);
}

Keys<K> kernel_keys() {
  return {
      choice("evidence", &K::evidence, "what the numbers rest on"),
      text("source", &K::source, "the measurement or the one run that fixed them"),
      custom<K>("gemm_efficiency", "a mapping", "asymptotic share of dense peak by precision", read_gemm_efficiency),
      ratio("gemm_k_overhead", &K::gemm_k_overhead, range::not_negative,
            "prologue and epilogue of a tile, elements of k"),
      custom<K>("gemm_tile", "a list of two whole numbers", "output tile of the large kernels, m and n", read_tile),
      quantity("gemm_wave_quantization", &K::gemm_wave_quantization, D::share, range::share,
               "1: a last wave costs a whole one, 0: no tail effect"),
      quantity("unaligned_gemm_efficiency", &K::unaligned_gemm_efficiency, D::share, range::positive_share,
               "share of the usual rate for dimensions that are no multiple of 8"),
      quantity("attention_efficiency", &K::attention_efficiency, D::share, range::positive_share,
               "fused forward kernel, of peak"),
      quantity("attention_backward_efficiency", &K::attention_backward_efficiency, D::share, range::positive_share,
               "fused backward kernel, of peak"),
      quantity("memory_efficiency", &K::memory_efficiency, D::share, range::positive_share,
               "share of memory bandwidth that elementwise kernels reach"),
      quantity("launch", &K::launch_s, D::time, range::not_negative, "gap between two kernels"),
      quantity("moe_layer", &K::moe_layer_s, D::time, range::not_negative, "host work of one MoE layer and pass"),
      quantity("moe_expert", &K::moe_expert_s, D::time, range::not_negative,
               "host work of one expert on the card, layer and pass"),
      quantity("grouped_gemm_efficiency", &K::grouped_gemm_efficiency, D::share, range::positive_share,
               "share of the usual rate that products of several experts reach"),
  };
}

Keys<K> communication_keys() {
  return {
      quantity("scale_up_efficiency", &K::scale_up_efficiency, D::share, range::positive_share,
               "of the library, on the link's payload rate"),
      quantity("scale_out_efficiency", &K::scale_out_efficiency, D::share, range::positive_share,
               "of the library, on the fabric's payload rate"),
      quantity("collective_launch", &K::collective_launch_s, D::time, range::not_negative, "fixed cost of one call"),
      ratio("overlap_slowdown", &K::overlap_slowdown, range::at_least_one,
            "compute stretches by this while a collective runs beneath it"),
      quantity("owner_broadcast", &K::owner_broadcast_s, D::time, range::not_negative,
               "host work of one owner's broadcast in ZeRO-1"),
      quantity("step_overhead", &K::step_overhead_s, D::time, range::not_negative, "host work at each step"),
  };
}

} // namespace

const Keys<K>& calibration_keys() {
  static const Keys<K> keys = together<K>(
      together<K>(kernel_keys(), communication_keys()),
      {optional_section("serving", &K::serving, serving_calibration_keys, "engines for inference on this chip")});
  return keys;
}

void read_calibration(const Value& value, Reading& reading, K& calibration) {
  read_mapping(value, reading, calibration_keys(), calibration);
}

} // namespace iccsim::scenario
