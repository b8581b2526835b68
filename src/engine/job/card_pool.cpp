#include "engine/job/card_pool.hpp"

#include <algorithm>
#include <map>

namespace iccsim::engine {
namespace {

bool offers(const std::vector<int>& pools, int pool) {
  return pools.empty() || std::find(pools.begin(), pools.end(), pool) != pools.end();
}

std::vector<NodeSlot> slots_of(const platform::Cluster& cluster) {
  std::vector<NodeSlot> slots;
  slots.reserve(cluster.nodes());
  for (platform::NodeId node = 0; node < cluster.nodes(); ++node) {
    const scenario::NodeSpec& spec = cluster.node_spec(node);
    NodeSlot slot{node, cluster.first_card(node), cluster.leaf_group(node), cluster.pool_of(node), spec.cards, -1};
    if (spec.scale_up.domain_nodes > 1) {
      slot.domain = static_cast<int>(cluster.scale_up_domain(slot.first_card));
    }
    // A domain is packed as one, also where the leaves cut through it.
    if (slot.domain >= 0 && !slots.empty() && slots.back().domain == slot.domain) {
      slot.leaf_group = slots.back().leaf_group;
    }
    slots.push_back(slot);
  }
  return slots;
}

} // namespace

CardPool::CardPool(const platform::Cluster& cluster) : CardPool(slots_of(cluster)) {}

CardPool::CardPool(const std::vector<NodeSlot>& nodes) {
  nodes_.reserve(nodes.size());
  for (const NodeSlot& slot : nodes) {
    nodes_.push_back({slot, std::vector<bool>(static_cast<std::size_t>(slot.cards)), slot.cards});
  }
}

int CardPool::capacity(const std::vector<int>& pools) const {
  int sum = 0;
  for (const Node& node : nodes_) {
    sum += offers(pools, node.slot.pool) ? node.slot.cards : 0;
  }
  return sum;
}

CardPool::Usable CardPool::free_nodes(const std::vector<int>& pools) const {
  Usable usable(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    usable[i] = nodes_[i].free > 0 && offers(pools, nodes_[i].slot.pool);
  }
  return usable;
}

CardPool::Usable CardPool::whole_nodes(Usable usable) const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    usable[i] = usable[i] && nodes_[i].whole();
  }
  return usable;
}

/// The first nodes of every domain, as many as hold whole blocks.
CardPool::Usable CardPool::aligned_nodes(Usable usable, int block) const {
  std::map<int, int> left; // by domain: cards still to be used
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    left[nodes_[i].slot.domain] += usable[i] ? nodes_[i].free : 0;
  }
  for (auto& [domain, cards] : left) {
    cards -= cards % block;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const NodeSlot& slot = nodes_[i].slot;
    if (usable[i] && slot.domain >= 0) {
      usable[i] = nodes_[i].free <= left[slot.domain];
      left[slot.domain] -= usable[i] ? nodes_[i].free : 0;
    }
  }
  return usable;
}

int CardPool::free_cards(const Usable& usable) const {
  int sum = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    sum += usable[i] ? nodes_[i].free : 0;
  }
  return sum;
}

std::vector<CardPool::Group> CardPool::groups_of(const Usable& usable) const {
  std::map<std::uint32_t, Group> by_id;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (usable[i]) {
      Group& group = by_id[nodes_[i].slot.leaf_group];
      group.id = nodes_[i].slot.leaf_group;
      group.free += nodes_[i].free;
      group.nodes.push_back(i);
    }
  }
  std::vector<Group> groups;
  groups.reserve(by_id.size());
  for (auto& [id, group] : by_id) {
    groups.push_back(std::move(group));
  }
  return groups;
}

namespace {

/// The tightest group that holds `cards`; else the largest.
template <typename Groups> std::size_t best_group(const Groups& groups, int cards) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < groups.size(); ++i) {
    const bool fits = groups[i].free >= cards;
    const bool best_fits = groups[best].free >= cards;
    if (fits != best_fits ? fits : (fits ? groups[i].free < groups[best].free : groups[i].free > groups[best].free)) {
      best = i;
    }
  }
  return best;
}

} // namespace

/// The node with the fewest free cards that are enough for part of a node; nodes_.size() when there is none.
std::size_t CardPool::tightest_node(int cards, const std::vector<int>& pools) const {
  std::size_t best = nodes_.size();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    const bool fits = node.free >= cards && cards < node.slot.cards && offers(pools, node.slot.pool);
    if (fits && (best == nodes_.size() || node.free < nodes_[best].free)) {
      best = i;
    }
  }
  return best;
}

std::vector<NodeShare> CardPool::choose(int cards, const std::vector<int>& pools, int block) const {
  const std::size_t node = tightest_node(cards, pools);
  if (node < nodes_.size()) {
    return {{nodes_[node].slot.node, cards}};
  }
  Usable usable = free_nodes(pools);
  const Usable whole = whole_nodes(usable);
  for (const Usable& better : {whole, aligned_nodes(whole, block)}) {
    usable = free_cards(better) >= cards ? better : usable;
  }
  std::vector<NodeShare> shares;
  if (free_cards(usable) < cards) {
    return shares;
  }
  std::vector<Group> groups = groups_of(usable);
  while (cards > 0) {
    // Taking the largest until the rest fits into one gives the fewest groups.
    const std::size_t best = best_group(groups, cards);
    const int taken = std::min(cards, groups[best].free);
    const auto chosen = fill_group(groups[best], taken);
    shares.insert(shares.end(), chosen.begin(), chosen.end());
    cards -= taken;
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best));
  }
  return shares;
}

std::vector<NodeShare> CardPool::fill_group(const Group& group, int cards) const {
  std::vector<std::size_t> order = group.nodes; // whole nodes in order, then the fullest rests
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    const Node& x = nodes_[a];
    const Node& y = nodes_[b];
    return x.whole() != y.whole() ? x.whole() : (!x.whole() && x.free > y.free);
  });
  std::vector<NodeShare> shares;
  std::vector<std::size_t> left;
  for (const std::size_t i : order) {
    if (nodes_[i].free <= cards) {
      shares.push_back({nodes_[i].slot.node, nodes_[i].free});
      cards -= nodes_[i].free;
    } else {
      left.push_back(i);
    }
  }
  if (cards > 0) { // fewer than any node left has: the tightest
    const std::size_t tightest = *std::min_element(
        left.begin(), left.end(), [this](std::size_t a, std::size_t b) { return nodes_[a].free < nodes_[b].free; });
    shares.push_back({nodes_[tightest].slot.node, cards});
  }
  return shares;
}

std::vector<platform::CardId> CardPool::occupy(const std::vector<NodeShare>& shares) {
  std::vector<platform::CardId> cards;
  for (const NodeShare& share : shares) {
    Node& node = nodes_[share.node];
    int wanted = share.cards;
    for (int local = 0; wanted > 0; ++local) {
      if (!node.busy[static_cast<std::size_t>(local)]) {
        node.busy[static_cast<std::size_t>(local)] = true;
        cards.push_back(node.slot.first_card + static_cast<platform::CardId>(local));
        --wanted;
      }
    }
    node.free -= share.cards;
    taken_ += share.cards;
  }
  return cards;
}

std::optional<std::vector<platform::CardId>> CardPool::take(int cards, const std::vector<int>& pools, int block) {
  std::vector<NodeShare> shares = choose(cards, pools, block);
  if (shares.empty()) {
    return std::nullopt;
  }
  std::sort(shares.begin(), shares.end(), [this](const NodeShare& a, const NodeShare& b) {
    const auto group_a = nodes_[a.node].slot.leaf_group;
    const auto group_b = nodes_[b.node].slot.leaf_group;
    return group_a != group_b ? group_a < group_b : a.node < b.node;
  });
  return occupy(shares);
}

void CardPool::give_back(const std::vector<platform::CardId>& cards) {
  auto at = nodes_.begin(); // of the card before: most are neighbours
  for (const platform::CardId card : cards) {
    if (card - at->slot.first_card >= static_cast<platform::CardId>(at->slot.cards)) {
      at = std::upper_bound(nodes_.begin(), nodes_.end(), card,
                            [](platform::CardId id, const Node& n) { return id < n.slot.first_card; }) -
           1;
    }
    Node& node = *at;
    node.busy[card - node.slot.first_card] = false;
    ++node.free;
  }
  taken_ -= static_cast<int>(cards.size());
}

} // namespace iccsim::engine
