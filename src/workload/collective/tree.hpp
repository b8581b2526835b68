// Double binary tree: two trees over the nodes, each for half of the data, a chain of cards inside each node.
#pragma once

#include "workload/collective/flow_tally.hpp"

namespace iccsim::workload {

/// all_reduce (up and down) or broadcast (down) over the payload's `share`.
PhaseDraft tree_phase(const platform::Cluster& cluster, scenario::CollectiveOperation operation, const Groups& groups,
                      double share, FlowTally& tally);

/// Parents in the two trees over n nodes: in one, inner nodes are those that are leaves in the other. parent[root] = n.
/// Sanders, Speck, Traeff 2009: in-order numbering, so that odd positions are leaves; the second tree is the first
/// mirrored (n even) or shifted by one (n odd).
struct DoubleTree {
  explicit DoubleTree(std::size_t nodes);
  std::vector<std::size_t> parent[2];
};

} // namespace iccsim::workload
