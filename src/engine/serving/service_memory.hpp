// What fills the device memory of a service's cards.
#pragma once

#include "engine/serving/replica_layout.hpp"
#include "iccsim/metrics/service_figures.hpp"

namespace iccsim::engine::serving {

/// Of the fullest card of each pool. KV is what the engine allots: the blocks of a group, a card's part of each.
std::vector<metrics::ServingMemoryFigures>
memory_figures(const scenario::InferenceSpec& spec, const platform::Cluster& cluster, const ReplicaLayout& layout);

} // namespace iccsim::engine::serving
