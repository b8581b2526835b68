#include "workload/collective/in_network.hpp"

#include "workload/collective/exchange.hpp"
#include "workload/collective/ring.hpp"
#include "workload/collective/tree.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

using scenario::CollectiveAlgorithm;

/// Every card of an island sends `flows` out of its lanes and takes as many in, through the switch.
void load_lanes(const Group& island, double flows, Hops& hops, FlowTally& tally) {
  for (std::size_t i = 0; i < island.size(); ++i)
    hops.take_longer(tally.send(island[i], i + 1 < island.size() ? island[i + 1] : island.front(), flows));
}

/// Islands of more than one card, and the rails through all of them.
Groups islands_of(const platform::Cluster& cluster, const Groups& groups, Groups& rails) {
  Groups islands;
  for (const Group& group : groups) {
    const Islands layout(cluster, group);
    const std::size_t first_rail = rails.size();
    rails.resize(first_rail + layout.smallest());
    for (std::size_t i = 0; i < layout.count(); ++i) {
      if (layout.size(i) > 1)
        islands.emplace_back();
      for (std::size_t p = 0; p < layout.size(i) && layout.size(i) > 1; ++p)
        islands.back().push_back(layout.card(i, p));
      for (std::size_t p = 0; p < layout.smallest(); ++p)
        rails[first_rail + p].push_back(layout.card(i, p * layout.size(i) / layout.smallest()));
    }
  }
  return islands;
}

/// Inside the islands. With a reducing switch each card's whole buffer is read through it, each card takes in the sum
/// of its 1/k, and that is multicast: (k+1)/k of the payload each way (measured busbw on 4 to 8 H100 follows it: 370,
/// 420, 440, 460, 480 GB/s). Without one, a direct reduce-scatter and all-gather: 2 (k-1)/k.
PhaseDraft island_phase(const platform::Cluster& cluster, const Groups& islands, FlowTally& tally) {
  PhaseDraft phase;
  for (const Group& island : islands) {
    const double k = static_cast<double>(island.size());
    const bool reduces = cluster.scale_up_reduces(island.front());
    load_lanes(island, reduces ? (k + 1) / k : 2 * (k - 1) / k, phase.hops, tally);
  }
  phase.hops = 2.0 * phase.hops; // up to the sum, and back
  phase.bundles.push_back(tally.take(1));
  return phase;
}

/// Along the rails, where each card speaks for 1/k of the payload: through a reducing fabric once out and once in, else
/// by double binary trees (NCCL's NVLS tree).
PhaseDraft rail_phase(const platform::Cluster& cluster, const Groups& rails, double share, FlowTally& tally) {
  if (!cluster.fabric_reduces())
    return tree_phase(cluster, scenario::CollectiveOperation::all_reduce, rails, share, tally);
  PhaseDraft phase;
  for (const Group& rail : rails)
    load_lanes(rail, 1, phase.hops, tally);
  phase.hops = 2.0 * phase.hops;
  phase.bundles.push_back(tally.take(share));
  return phase;
}

} // namespace

bool reduces_in_network(const platform::Cluster& cluster, const Groups& groups) {
  return std::all_of(groups.begin(), groups.end(), [&](const Group& group) {
    return cluster.scale_up_reduces(group.front()) || (cluster.fabric_reduces() && !in_one_island(cluster, group));
  });
}

CollectiveDraft in_network_draft(const platform::Cluster& cluster, const Groups& groups, FlowTally& tally) {
  const CollectiveAlgorithm name = CollectiveAlgorithm::in_network;
  const bool inside =
      std::all_of(groups.begin(), groups.end(), [&](const Group& g) { return in_one_island(cluster, g); });
  if (inside)
    return {name, {island_phase(cluster, groups, tally)}, true, false};
  Groups rails;
  const Groups islands = islands_of(cluster, groups, rails);
  PhaseDraft phase = island_phase(cluster, islands, tally);
  if (rails.front().size() > 1) { // both tiers stream together, so it is one phase
    const double share = static_cast<double>(groups.size()) / static_cast<double>(rails.size());
    PhaseDraft along = rail_phase(cluster, rails, share, tally);
    phase.hops += along.hops;
    std::move(along.bundles.begin(), along.bundles.end(), std::back_inserter(phase.bundles));
  }
  return {name, {std::move(phase)}, true, false};
}

} // namespace iccsim::workload
