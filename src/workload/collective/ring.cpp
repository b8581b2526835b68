#include "workload/collective/ring.hpp"

#include "workload/collective/direct_links.hpp"
#include "workload/collective/islands.hpp"

#include <algorithm>
#include <memory>
#include <utility>

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
void ring_order(const Islands& islands, std::size_t ring, std::size_t rings, std::vector<CardId>& order) {
  order.clear();
  for (std::size_t island = 0; island < islands.count(); ++island) {
    const auto before = static_cast<std::ptrdiff_t>(order.size());
    islands.add_path(island, ring * islands.size(island) / rings, order);
    if (island % 2 == 1)
      std::reverse(order.begin() + before, order.end());
  }
  const std::size_t last = islands.count() - 1;
  if (last > 0 && last % 2 == 0 && islands.size(last) > 1)
    order.push_back(order[order.size() - islands.size(last)]);
}

/// Sends `flows` along the ring and returns the hops of one round; a broadcast leaves out the hop back to its root.
Hops walk(const std::vector<CardId>& order, double flows, bool open_at_root, CardId root, FlowTally& tally) {
  Hops hops;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const CardId to = i + 1 < order.size() ? order[i + 1] : order.front();
    if (open_at_root && to == root) {
      open_at_root = false;
      continue;
    }
    hops += tally.send(order[i], to, flows);
  }
  return hops;
}

/// A group inside one island runs over all direct links at once where cards have them, else one ring as the group
/// lies. Direct links split into rings that use each link once: a full mesh into n-1 (Tillson 1980), a d-dimensional
/// torus into 2d (Foregger 1978); a hybrid mesh nearly so. So every link carries as much as the narrowest card's links
/// allow. Null where links do not reach all.
std::unique_ptr<DirectLinks> links_inside(const platform::Cluster& cluster, const Group& group) {
  const scenario::ScaleUpKind kind = cluster.node_spec(cluster.node_of(group.front())).scale_up.kind;
  if (!has_direct_links(kind))
    return nullptr;
  auto links = std::make_unique<DirectLinks>(cluster, group);
  return links->connect_all() ? std::move(links) : nullptr;
}

/// Returns the hops of one round. A torus works along its dimensions side by side, so a byte needs its diameter only.
Hops walk_links(const Group& group, const DirectLinks& links, bool torus, double flows, FlowTally& tally) {
  Hops hop;
  for (const DirectLink& link : links.links())
    hop.take_longer(
        tally.send(group[link.from], group[link.to], flows * link.bytes_per_s / links.narrowest_bytes_per_s()));
  const double cards = static_cast<double>(group.size());
  if (!torus)
    return cards * hop;
  Hops widest;
  for (const CardId card : group)
    widest.take_longer(tally.hop(group.front(), card));
  return cards / (cards - 1) * widest;
}

/// A group with what it is made of, and how many rings it runs: through every NIC that a node has for the group.
struct RingLayout {
  RingLayout(const platform::Cluster& cluster, const Group& cards) : group(&cards) {
    if (in_one_island(cluster, cards))
      links = links_inside(cluster, cards);
    else
      islands = std::make_unique<Islands>(cluster, cards);
  }
  bool one_island() const { return islands == nullptr; }
  double rings() const { return islands ? static_cast<double>(islands->smallest()) : links ? links->rings() : 1; }

  const Group* group;
  std::unique_ptr<Islands> islands; ///< null: one
  std::unique_ptr<DirectLinks> links;
};

/// All rings of one group; each carries 1 / rings() of the data, `flow_unit` is the share of one flow.
Hops walk_rings(const RingLayout& layout, bool torus, bool broadcast, double flow_unit, FlowTally& tally,
                std::vector<CardId>& order) {
  const double flows = 1.0 / (layout.rings() * flow_unit);
  const Group& group = *layout.group;
  if (layout.links)
    return walk_links(group, *layout.links, torus, flows, tally);
  if (layout.one_island())
    return walk(group, flows, broadcast, group.front(), tally);
  Hops longest;
  const std::size_t rings = layout.islands->smallest();
  for (std::size_t ring = 0; ring < rings; ++ring) {
    ring_order(*layout.islands, ring, rings, order);
    longest.take_longer(walk(order, flows, broadcast, group.front(), tally));
  }
  return longest;
}

bool on_torus(const platform::Cluster& cluster, const Group& group) {
  return cluster.node_spec(cluster.node_of(group.front())).scale_up.kind == scenario::ScaleUpKind::torus;
}

} // namespace

PhaseDraft ring_phase(const platform::Cluster& cluster, CollectiveOperation operation, const Groups& groups,
                      double share, FlowTally& tally) {
  std::vector<RingLayout> layouts;
  layouts.reserve(groups.size());
  double most_rings = 1;
  for (const Group& group : groups) {
    layouts.emplace_back(cluster, group);
    most_rings = std::max(most_rings, layouts.back().rings());
  }
  const double flow_unit = 1.0 / most_rings;
  PhaseDraft phase;
  std::vector<CardId> order;
  for (const RingLayout& layout : layouts) {
    const bool torus = layout.links && on_torus(cluster, *layout.group);
    phase.hops.take_longer(
        walk_rings(layout, torus, operation == CollectiveOperation::broadcast, flow_unit, tally, order));
  }
  const double cards = static_cast<double>(groups.front().size());
  const double sent = rounds(operation, cards);
  const bool in_one_domain =
      std::all_of(layouts.begin(), layouts.end(), [](const RingLayout& layout) { return layout.one_island(); });
  const double moved = sent + (in_one_domain ? tally.local_work() / cards : 0);
  phase.hops = sent * phase.hops;
  phase.bundles.push_back(tally.take(moved * share * flow_unit));
  return phase;
}

} // namespace iccsim::workload
