// Number formats of a service: what is computed, stored and cached in which precision.
#pragma once

#include "iccsim/scenario/inference.hpp"

namespace iccsim::workload::serving {

struct Formats {
  scenario::Precision dense = scenario::Precision::bf16;  ///< matrix units in projections and dense FFNs
  scenario::Precision expert = scenario::Precision::bf16; ///< matrix units in routed experts
  double activation_bytes = 2;                            ///< of an input of a product
  double weight_bytes = 2;                                ///< of a stored weight, scales included
  double expert_bytes = 2;                                ///< of a routed expert's weight, scales included
  double kv_bytes = 2;                                    ///< of a cached element
};

Formats formats_of(const scenario::InferenceSpec& spec);

/// Bytes of one stored weight with its share of the scales.
double stored_bytes(scenario::Precision precision);

} // namespace iccsim::workload::serving
