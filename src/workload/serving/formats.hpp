// Number formats of a service: what is computed, stored and cached in which precision.
#pragma once

#include "iccsim/scenario/inference.hpp"

namespace iccsim::workload::serving {

/// Of the weights of some matrices.
struct MatrixFormat {
  scenario::Precision unit = scenario::Precision::bf16; ///< matrix units
  double weight_bytes = 2;                              ///< of a stored weight, scales included
  double activation_bytes = 2;                          ///< of an input of a product
};

struct Formats {
  MatrixFormat dense;     ///< dense FFNs, shared experts
  MatrixFormat attention; ///< attention's projections but the last
  MatrixFormat output;    ///< the last of them
  MatrixFormat expert;    ///< routed experts
  double kv_bytes = 2;    ///< of a cached element
};

Formats formats_of(const scenario::InferenceSpec& spec);

/// Bytes of one stored weight with its share of the scales.
double stored_bytes(scenario::Precision precision);

} // namespace iccsim::workload::serving
