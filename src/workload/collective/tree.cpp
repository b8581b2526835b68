#include "workload/collective/tree.hpp"

#include "workload/collective/islands.hpp"

#include <algorithm>
#include <optional>

namespace iccsim::workload {
namespace {

using platform::CardId;
using scenario::CollectiveOperation;

/// One channel: a rail's cards head the chains of their islands. Made once and filled anew, group by group.
struct Channel {
  std::vector<CardId> cards; ///< chain by chain, head first
  std::vector<std::size_t> begin;

  void fill(const Islands& islands, std::size_t index, std::size_t channels) {
    cards.clear();
    begin.clear();
    for (std::size_t island = 0; island < islands.count(); ++island) {
      begin.push_back(cards.size());
      islands.add_path(island, index * islands.size(island) / channels, cards);
    }
    begin.push_back(cards.size());
  }
  CardId head(std::size_t chain) const { return cards[begin[chain]]; }
};

/// Sends along every chain, towards the head and back (or back only); returns the longest chain's hops one way.
Hops walk_chains(const Channel& channel, double flows, bool both_ways, FlowTally& tally) {
  Hops longest;
  for (std::size_t chain = 0; chain + 1 < channel.begin.size(); ++chain) {
    Hops hops;
    for (std::size_t i = channel.begin[chain]; i + 1 < channel.begin[chain + 1]; ++i) {
      hops += tally.send(channel.cards[i], channel.cards[i + 1], flows);
      if (both_ways)
        tally.send(channel.cards[i + 1], channel.cards[i], flows);
    }
    longest.take_longer(hops);
  }
  return longest;
}

/// Trees through the heads of channels, over as many islands each.
class Trees {
public:
  Trees(bool both_ways, double flow_unit, FlowTally& tally)
      : both_ways_(both_ways), flow_unit_(flow_unit), tally_(tally) {}

  /// Those of one group; returns the longest way from a root.
  Hops walk(const Islands& islands) {
    const std::size_t channels = islands.smallest();
    const double flows = 0.5 / (static_cast<double>(channels) * flow_unit_); // of each tree
    if (!shape_ || shape_->parent[0].size() != islands.count())
      shape_.emplace(islands.count());
    Hops longest;
    for (std::size_t index = 0; index < channels; ++index) {
      channel_.fill(islands, index, channels);
      const Hops chain = walk_chains(channel_, 2 * flows, both_ways_, tally_);
      for (const auto& parent : shape_->parent) {
        Hops hops = walk_tree(parent, flows);
        hops += chain;
        longest.take_longer(hops);
      }
    }
    return longest;
  }

private:
  /// Sends along every edge of one tree; returns the hops from the root to the deepest node.
  Hops walk_tree(const std::vector<std::size_t>& parent, double flows) {
    const std::size_t nodes = parent.size();
    edge_.assign(nodes, Hops{});
    for (std::size_t i = 0; i < nodes; ++i) {
      const CardId child = channel_.head(i);
      if (parent[i] == nodes) { // a broadcast's data reach the second tree's root from the first's
        edge_[i] = both_ways_ ? Hops{} : tally_.send(channel_.head(0), child, flows);
        continue;
      }
      const CardId above = channel_.head(parent[i]);
      edge_[i] = tally_.send(above, child, flows);
      if (both_ways_)
        tally_.send(child, above, flows);
    }
    Hops deepest;
    for (std::size_t i = 0; i < nodes; ++i) {
      Hops hops;
      for (std::size_t at = i; at != nodes; at = parent[at])
        hops += edge_[at];
      deepest.take_longer(hops);
    }
    return deepest;
  }

  bool both_ways_;
  double flow_unit_;
  FlowTally& tally_;
  std::optional<DoubleTree> shape_;
  Channel channel_;
  std::vector<Hops> edge_;
};

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
  Trees trees(both_ways, flow_unit, tally);
  for (const Islands& islands : layouts)
    phase.hops.take_longer(trees.walk(islands));
  phase.hops = (both_ways ? 2.0 : 1.0) * phase.hops;
  phase.bundles.push_back(tally.take(share * flow_unit));
  return phase;
}

} // namespace iccsim::workload
