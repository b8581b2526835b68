#include "workload/collective/tree.hpp"

#include "workload/collective/islands.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

using platform::CardId;
using scenario::CollectiveOperation;

/// One channel: a rail's cards head the chains of their islands.
struct Channel {
  std::vector<std::vector<CardId>> chains; ///< by island, head first
};

Channel make_channel(const Islands& islands, std::size_t index, std::size_t channels) {
  Channel channel;
  for (std::size_t island = 0; island < islands.count(); ++island)
    channel.chains.push_back(islands.path(island, index * islands.size(island) / channels));
  return channel;
}

/// Sends along every chain, towards the head and back (or back only); returns the longest chain's hops one way.
Hops walk_chains(const Channel& channel, double flows, bool both_ways, FlowTally& tally) {
  Hops longest;
  for (const auto& chain : channel.chains) {
    Hops hops;
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
      hops += tally.send(chain[i], chain[i + 1], flows);
      if (both_ways)
        tally.send(chain[i + 1], chain[i], flows);
    }
    longest.take_longer(hops);
  }
  return longest;
}

/// Sends along every edge of one tree; returns the hops from the root to the deepest node.
Hops walk_tree(const Channel& channel, const std::vector<std::size_t>& parent, double flows, bool both_ways,
               FlowTally& tally) {
  const std::size_t nodes = parent.size();
  std::vector<Hops> edge(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    if (parent[i] == nodes) { // a broadcast's data reach the second tree's root from the first's
      edge[i] = both_ways ? Hops{} : tally.send(channel.chains[0].front(), channel.chains[i].front(), flows);
      continue;
    }
    const CardId child = channel.chains[i].front();
    const CardId above = channel.chains[parent[i]].front();
    edge[i] = tally.send(above, child, flows);
    if (both_ways)
      tally.send(child, above, flows);
  }
  Hops deepest;
  for (std::size_t i = 0; i < nodes; ++i) {
    Hops hops;
    for (std::size_t at = i; at != nodes; at = parent[at])
      hops += edge[at];
    deepest.take_longer(hops);
  }
  return deepest;
}

Hops group_trees(const Islands& islands, bool both_ways, double flow_unit, FlowTally& tally) {
  const std::size_t channels = islands.smallest();
  const double flows = 0.5 / (static_cast<double>(channels) * flow_unit); // of each tree
  const DoubleTree trees(islands.count());
  Hops longest;
  for (std::size_t index = 0; index < channels; ++index) {
    const Channel channel = make_channel(islands, index, channels);
    const Hops chain = walk_chains(channel, 2 * flows, both_ways, tally);
    for (const auto& parent : trees.parent) {
      Hops hops = walk_tree(channel, parent, flows, both_ways, tally);
      hops += chain;
      longest.take_longer(hops);
    }
  }
  return longest;
}

} // namespace

PhaseDraft tree_phase(const platform::Cluster& cluster, CollectiveOperation operation, const Groups& groups,
                      double share, FlowTally& tally) {
  const bool both_ways = operation != CollectiveOperation::broadcast;
  std::vector<Islands> layouts;
  layouts.reserve(groups.size());
  std::size_t most_channels = 1;
  for (const Group& group : groups) {
    layouts.emplace_back(cluster, group);
    most_channels = std::max(most_channels, layouts.back().smallest());
  }
  const double flow_unit = 0.5 / static_cast<double>(most_channels);
  PhaseDraft phase;
  for (const Islands& islands : layouts)
    phase.hops.take_longer(group_trees(islands, both_ways, flow_unit, tally));
  phase.hops = (both_ways ? 2.0 : 1.0) * phase.hops;
  phase.bundles.push_back(tally.take(share * flow_unit));
  return phase;
}

} // namespace iccsim::workload
