// Which algorithms can do an operation, and which of them a library tries.
#pragma once

#include "workload/collective/flow_tally.hpp"

namespace iccsim::workload {

/// HCCL composes an algorithm in the server with one between servers (mesh and ring, halving-doubling or NHR), where
/// NCCL and its kin run one ring or tree through both. `first`: of the first group.
bool composes_tiers(const platform::Cluster& cluster, platform::CardId first);

/// Algorithms that the library of the cluster's chips weighs by cost.
std::vector<scenario::CollectiveAlgorithm> candidates(const platform::Cluster& cluster,
                                                      scenario::CollectiveOperation operation, const Groups& groups);

/// `algorithm`, or what stands in for it where it does not apply.
scenario::CollectiveAlgorithm resolve(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                      scenario::CollectiveAlgorithm algorithm, const Groups& groups);

/// The ways to run a resolved algorithm: hierarchical all_reduce has its rails by ring and by tree.
std::vector<CollectiveDraft> drafts(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                    scenario::CollectiveAlgorithm algorithm, const Groups& groups, FlowTally& tally);

} // namespace iccsim::workload
