#include "workload/collective/ring.hpp"

#include "workload/collective/islands.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

using platform::CardId;
using scenario::CollectiveOperation;

/// Rounds that a byte makes on average: all_reduce 2(n-1)/n, all_gather and reduce_scatter (n-1)/n (Patarasuk and Yuan
/// 2009), broadcast one way down a chain.
double rounds(CollectiveOperation operation, double n) {
  switch (operation) {
  case CollectiveOperation::all_reduce:
    return 2 * (n - 1) / n;
  case CollectiveOperation::broadcast:
    return 1;
  default:
    return (n - 1) / n;
  }
}

/// Ring `ring` of `rings` through all islands. It enters and leaves islands on one pair of rails, walking every second
/// island backwards (NCCL alternates likewise where NICs may not be crossed); of an odd number the last island hands
/// the data back to the card where it came in.
std::vector<CardId> ring_order(const Islands& islands, std::size_t ring, std::size_t rings) {
  std::vector<CardId> order;
  order.reserve(islands.cards() + 1);
  for (std::size_t island = 0; island < islands.count(); ++island) {
    auto path = islands.path(island, ring * islands.size(island) / rings);
    if (island % 2 == 1)
      std::reverse(path.begin(), path.end());
    order.insert(order.end(), path.begin(), path.end());
  }
  const std::size_t last = islands.count() - 1;
  if (last > 0 && last % 2 == 0 && islands.size(last) > 1)
    order.push_back(order[order.size() - islands.size(last)]);
  return order;
}

/// Sends `flows` along the ring and returns the hops of one round; a broadcast leaves out the hop back to its root.
Hops walk(const std::vector<CardId>& order, double flows, bool open_at_root, CardId root, FlowTally& tally) {
  Hops hops;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const CardId to = order[(i + 1) % order.size()];
    if (open_at_root && to == root) {
      open_at_root = false;
      continue;
    }
    hops += tally.send(order[i], to, flows);
  }
  return hops;
}

/// Direct links between all cards: the n (n-1) of them are split into n-1 rings that use each once (Tillson 1980), so
/// the load is even. Returns the hops of one round.
Hops walk_mesh(const Group& group, double flows, FlowTally& tally) {
  Hops hop;
  for (const CardId from : group)
    for (const CardId to : group)
      hop.take_longer(tally.send(from, to, flows));
  return static_cast<double>(group.size()) * hop;
}

bool is_mesh(const Islands& islands) {
  return islands.count() == 1 && islands.links() == scenario::ScaleUpKind::full_mesh;
}

/// NCCL runs a ring through every NIC that a node has for the group; inside one domain a single one fills the lanes.
std::size_t ring_count(const Islands& islands) {
  if (is_mesh(islands))
    return std::max<std::size_t>(islands.cards() - 1, 1);
  return islands.count() == 1 ? 1 : islands.smallest();
}

/// All rings of one group; each carries 1 / ring_count of the data, `flow_unit` is the share of one flow.
Hops walk_rings(const Islands& islands, const Group& group, bool broadcast, double flow_unit, FlowTally& tally) {
  const std::size_t rings = ring_count(islands);
  const double flows = 1.0 / (static_cast<double>(rings) * flow_unit);
  if (is_mesh(islands))
    return walk_mesh(group, flows, tally);
  if (islands.count() == 1)
    return walk(group, flows, broadcast, group.front(), tally);
  Hops longest;
  for (std::size_t ring = 0; ring < rings; ++ring)
    longest.take_longer(walk(ring_order(islands, ring, rings), flows, broadcast, group.front(), tally));
  return longest;
}

} // namespace

PhaseDraft ring_phase(const platform::Cluster& cluster, CollectiveOperation operation, const Groups& groups,
                      double share, FlowTally& tally) {
  std::vector<Islands> layouts;
  layouts.reserve(groups.size());
  std::size_t most_rings = 1;
  for (const Group& group : groups) {
    layouts.emplace_back(cluster, group);
    most_rings = std::max(most_rings, ring_count(layouts.back()));
  }
  const double flow_unit = 1.0 / static_cast<double>(most_rings);
  PhaseDraft phase;
  for (std::size_t i = 0; i < groups.size(); ++i)
    phase.hops.take_longer(
        walk_rings(layouts[i], groups[i], operation == CollectiveOperation::broadcast, flow_unit, tally));
  const double cards = static_cast<double>(groups.front().size());
  const double sent = rounds(operation, cards);
  const bool in_one_domain =
      std::all_of(layouts.begin(), layouts.end(), [](const Islands& islands) { return islands.count() == 1; });
  const double moved = sent + (in_one_domain ? tally.local_work() / cards : 0);
  phase.hops = sent * phase.hops;
  phase.bundles.push_back(tally.take(moved * share * flow_unit));
  return phase;
}

} // namespace iccsim::workload
