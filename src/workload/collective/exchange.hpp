// Direct exchanges inside islands, and the groups that they leave to the rails.
#pragma once

#include "workload/collective/flow_tally.hpp"
#include "workload/collective/islands.hpp"

namespace iccsim::workload {

/// The groups as equal islands of `width` cards, on which hierarchical algorithms work.
struct TwoTiers {
  Groups islands; ///< all islands of all groups
  Groups rails;   ///< the cards at one position of their islands, group by group; of one card each in single islands
  double width = 1;
  double height = 1; ///< islands of a group

  /// Whether all islands of all groups hold the same number of cards, more than one.
  static bool possible(const platform::Cluster& cluster, const Groups& groups);
  TwoTiers(const platform::Cluster& cluster, const Groups& groups);
};

/// Every card of an island sends `share` of the payload to each other card, all at once: one step.
PhaseDraft exchange_phase(const Groups& islands, double share, FlowTally& tally);

} // namespace iccsim::workload
