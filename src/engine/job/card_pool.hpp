// Which cards are free, and which of them a job gets: packed by leaf group.
#pragma once

#include "iccsim/platform/cluster.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::engine {

/// A node as packing sees it.
struct NodeSlot {
  platform::NodeId node = 0;
  platform::CardId first_card = 0;
  std::uint32_t leaf_group = 0;
  int pool = 0;
  int cards = 0;
  int domain = -1; ///< scale-up domain that the node shares with others; -1: none
};

/// Cards of one node, lowest local index first.
struct NodeShare {
  platform::NodeId node = 0;
  int cards = 0;
};

class CardPool {
public:
  explicit CardPool(const platform::Cluster& cluster);
  /// Nodes in order of node id, card ids dense.
  explicit CardPool(const std::vector<NodeSlot>& nodes);

  /// Cards that `pools` hold when nothing runs; empty: all pools.
  int capacity(const std::vector<int>& pools) const;
  /// Takes `cards` of `pools`: in as few leaf groups as possible, the tightest that fit, whole nodes before parts of
  /// nodes. Ordered by (leaf group, node, local index). Nothing when fewer are free.
  /// Of a scale-up domain that spans nodes it takes multiples of `block` cards where enough are free so, since ranks
  /// that talk most (tensor, expert groups) are consecutive: 64 of the 72 cards of a rack for blocks of 32.
  std::optional<std::vector<platform::CardId>> take(int cards, const std::vector<int>& pools, int block = 1);
  void give_back(const std::vector<platform::CardId>& cards);
  int taken() const { return taken_; }

private:
  struct Node {
    NodeSlot slot;
    std::vector<bool> busy; ///< by local index
    int free = 0;
    bool whole() const { return free == slot.cards; }
  };
  struct Group {
    std::uint32_t id = 0;
    int free = 0;
    std::vector<std::size_t> nodes;
  };

  using Usable = std::vector<bool>; ///< by node

  Usable free_nodes(const std::vector<int>& pools) const;
  Usable whole_nodes(Usable usable) const;
  Usable aligned_nodes(Usable usable, int block) const;
  int free_cards(const Usable& usable) const;
  std::vector<Group> groups_of(const Usable& usable) const;
  std::size_t tightest_node(int cards, const std::vector<int>& pools) const;
  std::vector<NodeShare> choose(int cards, const std::vector<int>& pools, int block) const;
  std::vector<NodeShare> fill_group(const Group& group, int cards) const;
  std::vector<platform::CardId> occupy(const std::vector<NodeShare>& shares);

  std::vector<Node> nodes_;
  int taken_ = 0;
};

} // namespace iccsim::engine
