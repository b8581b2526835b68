// Hierarchical collectives: first inside the scale-up domains, then along the rails, phase after phase.
#pragma once

#include "workload/collective/exchange.hpp"

namespace iccsim::workload {

/// Needs equal islands (TwoTiers::possible); in a single one it is a direct exchange, as HCCL's mesh algorithm.
/// all_reduce, all_gather or reduce_scatter; the rails' part runs as `rails` (ring or tree, tree for all_reduce only).
CollectiveDraft hierarchical_draft(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                   const Groups& groups, scenario::CollectiveAlgorithm rails, FlowTally& tally);

} // namespace iccsim::workload
