// Neighbours of a group send to each other: pipeline hops, ring attention, nccl-tests' sendrecv.
#pragma once

#include "workload/collective/flow_tally.hpp"

#include <utility>
#include <vector>

namespace iccsim::workload {

/// Card i to card i+1; groups of more than two close the ring (a pair is a sender and a receiver).
CollectiveDraft send_recv_draft(const Groups& groups, FlowTally& tally);
/// The first card of each pair to the second.
CollectiveDraft sends_draft(const std::vector<std::pair<platform::CardId, platform::CardId>>& sends, FlowTally& tally);

} // namespace iccsim::workload
