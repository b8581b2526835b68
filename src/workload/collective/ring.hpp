// Ring collectives: n - 1 neighbour steps, as many rings as cards of the group leave a node.
#pragma once

#include "workload/collective/flow_tally.hpp"

namespace iccsim::workload {

/// all_reduce, all_gather, reduce_scatter or broadcast (from the first card). `share` is the part of the payload that
/// the groups work on (1 / k for the rail phase of a hierarchical collective).
PhaseDraft ring_phase(const platform::Cluster& cluster, scenario::CollectiveOperation operation, const Groups& groups,
                      double share, FlowTally& tally);

} // namespace iccsim::workload
