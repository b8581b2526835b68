// Recursive halving and doubling: log2(n) exchanges at distances 1, 2, 4, ... in the group.
#pragma once

#include "workload/collective/flow_tally.hpp"

namespace iccsim::workload {

/// all_reduce, all_gather or reduce_scatter. Neighbours exchange the large halves, so that they stay in the node
/// (Rabenseifner 2004, vector halving and distance doubling); all groups have the same size.
CollectiveDraft halving_doubling_draft(scenario::CollectiveOperation operation, const Groups& groups, FlowTally& tally);

} // namespace iccsim::workload
