// A chip (accelerator) as its datasheet describes it.
#pragma once

#include "iccsim/scenario/precision.hpp"

#include <map>
#include <string>
#include <vector>

namespace iccsim::scenario {

/// platforms/chips/NAME.yaml. Keys there carry the member's name without the unit suffix.
struct ChipSpec {
  std::string name;
  std::string title;
  std::string vendor;
  int year = 0;
  /// Dense peak FLOP/s of the matrix units by precision; a precision that is absent is not supported.
  std::map<Precision, double> peak_flops;
  double memory_bytes = 0;          ///< `memory`: device memory, bytes
  double memory_bytes_per_s = 0;    ///< `memory_bandwidth`: device memory bandwidth, bytes/s
  int multiprocessors = 1;          ///< `multiprocessors`: units that run a matrix tile each (SM, CU, AI core)
  double tdp_w = 0;                 ///< `tdp`: W
  double idle_w = 0;                ///< `idle_power`: W
  std::vector<std::string> sources; ///< `sources`: where each number is printed
};

} // namespace iccsim::scenario
