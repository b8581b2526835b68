// All-to-all: every card sends 1/n of its buffer to each card of its group.
#pragma once

#include "workload/collective/flow_tally.hpp"

namespace iccsim::workload {

/// All pairs at once; pairs inside islands and pairs across them are two bundles, since the first end earlier.
CollectiveDraft pairwise_draft(const platform::Cluster& cluster, const Groups& groups, FlowTally& tally);

/// First to the card of the own island that sits on the destination's rail, then along the rails (NCCL's PXN,
/// DeepSeek's DeepEP). Needs equal islands.
CollectiveDraft hierarchical_all_to_all_draft(const platform::Cluster& cluster, const Groups& groups, FlowTally& tally);

} // namespace iccsim::workload
