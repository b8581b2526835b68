#include "workload/collective/hierarchical.hpp"

#include "workload/collective/ring.hpp"
#include "workload/collective/tree.hpp"

namespace iccsim::workload {

using scenario::CollectiveAlgorithm;
using scenario::CollectiveOperation;

CollectiveDraft hierarchical_draft(const platform::Cluster& cluster, CollectiveOperation operation,
                                   const Groups& groups, CollectiveAlgorithm rails, FlowTally& tally) {
  const TwoTiers tiers(cluster, groups);
  // Each card ends the first phase with 1 / width of the island's sum and takes that along its rail.
  const double share = 1 / tiers.width;
  const bool by_tree = rails == CollectiveAlgorithm::tree && operation == CollectiveOperation::all_reduce;
  CollectiveDraft draft{CollectiveAlgorithm::hierarchical, {}, false, false};
  if (operation != CollectiveOperation::all_gather)
    draft.phases.push_back(exchange_phase(tiers.islands, share, tally));
  if (tiers.height > 1)
    draft.phases.push_back(by_tree ? tree_phase(cluster, operation, tiers.rails, share, tally)
                                   : ring_phase(cluster, operation, tiers.rails, share, tally));
  if (operation != CollectiveOperation::reduce_scatter)
    draft.phases.push_back(exchange_phase(tiers.islands, share, tally));
  return draft;
}

} // namespace iccsim::workload
