// Reduction in switches: NVLink SHARP inside a domain, SHARP in the fabric.
#pragma once

#include "workload/collective/flow_tally.hpp"

namespace iccsim::workload {

/// Whether the switches on the way of all groups can reduce: inside domains for groups of one domain, in either tier
/// for groups that span several.
bool reduces_in_network(const platform::Cluster& cluster, const Groups& groups);

/// all_reduce only.
CollectiveDraft in_network_draft(const platform::Cluster& cluster, const Groups& groups, FlowTally& tally);

} // namespace iccsim::workload
