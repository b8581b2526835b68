// Whose engine it is: a pool of a disaggregated service may have its own.
#pragma once

#include "iccsim/workload/serving_cost.hpp"

namespace iccsim::workload::serving {

inline const scenario::EngineSpec& pool_engine(const scenario::InferenceSpec& spec, ReplicaRole role) {
  const auto& split = spec.disaggregation;
  if (split && role == ReplicaRole::prefill && split->prefill_engine) {
    return *split->prefill_engine;
  }
  return split && role == ReplicaRole::decode && split->decode_engine ? *split->decode_engine : spec.engine;
}

} // namespace iccsim::workload::serving
