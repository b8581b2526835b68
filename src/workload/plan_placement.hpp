// Which layers are where.
#pragma once

#include "iccsim/workload/plan.hpp"

#include <vector>

namespace iccsim::workload {

/// Chunks by pipeline rank.
std::vector<std::vector<Chunk>> place_layers(const scenario::PretrainingSpec& spec);
/// Layers of each virtual stage, in the order in which a token visits them. `first_stage_layers` and
/// `last_stage_layers` are of whole pipeline ranks, as Megatron-LM's options; chunks share them.
std::vector<int> layers_of_virtual_stages(const scenario::PretrainingSpec& spec);

} // namespace iccsim::workload
