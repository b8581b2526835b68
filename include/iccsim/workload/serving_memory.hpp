// What fills the memory of a card that serves a model, before anything runs.
#pragma once

#include "iccsim/scenario/chip.hpp"
#include "iccsim/scenario/inference.hpp"
#include "iccsim/workload/serving_cost.hpp"

#include <string>

namespace iccsim::workload {

/// The fullest card of a replica, in bytes.
struct ServingMemory {
  double weights_bytes = 0;
  double activations_bytes = 0; ///< of the largest iteration
  double reserved_bytes = 0;    ///< the engine's own
  double usable_bytes = 0;      ///< device memory x memory_utilization
  double kv_block_bytes = 0;    ///< the card's part of one block
  double kv_blocks = 0;         ///< that fit into the rest, or as the scenario says
  int kv_block_tokens = 0;
  double rest_bytes() const { return usable_bytes - weights_bytes - activations_bytes - reserved_bytes; }
};

ServingMemory serving_memory(const scenario::InferenceSpec& spec, const scenario::ReplicasSpec& replica,
                             const scenario::ChipSpec& chip, ReplicaRole role);

/// A sentence for a user when not one block of KV fits: what takes how much, and what would make room, each remedy
/// tried; "" when it fits. A scenario that says kv_blocks itself is believed, as far as the card reaches:
std::string explain_serving_misfit(const scenario::InferenceSpec& spec, const scenario::ReplicasSpec& replica,
                                   const scenario::ChipSpec& chip, ReplicaRole role);
/// A sentence for a user when the blocks that the scenario says and the weights are more than all memory of the card,
/// whatever part of it the engine may use: real engines' counts may be above what is estimated to be left. Else "".
std::string explain_excess_blocks(const scenario::InferenceSpec& spec, const scenario::ReplicasSpec& replica,
                                  const scenario::ChipSpec& chip, ReplicaRole role);

} // namespace iccsim::workload
