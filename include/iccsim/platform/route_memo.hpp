// Routes between many cards: nodes of one type that lie alike have the same way, from other first resources.
#pragma once

#include "iccsim/platform/cluster.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace iccsim::platform {

/// A route by what it crosses: resources of the two nodes, counted from the first of each, and resources beyond.
struct SplitRoute {
  struct Span {
    const ResourceUse* first = nullptr;
    const ResourceUse* last = nullptr;
    const ResourceUse* begin() const { return first; }
    const ResourceUse* end() const { return last; }
  };
  NodeId from_node = 0;
  NodeId to_node = 0;
  ResourceId from_base = 0; ///< what `at_from` counts from
  ResourceId to_base = 0;
  Span at_from;
  Span at_to;
  Span beyond; ///< as Cluster::route() tells them; where ways do not repeat, all of the route
  double latency_s = 0;
  bool scale_out = false;
};

/// Cluster::route() by the fastest way. Where the way follows from the places of the cards in their nodes and the leaf
/// groups of these, it is found once for all.
class RouteMemo {
public:
  /// The cluster must outlive it.
  explicit RouteMemo(const Cluster& cluster);

  /// Valid until the next call. `from` and `to` differ.
  const SplitRoute& find(CardId from, CardId to, std::uint64_t flow);

private:
  /// What decides.
  struct Key {
    std::int32_t from_pool = -1;
    std::int32_t to_pool = -1;
    std::int32_t from_card = 0;
    std::int32_t to_card = 0;
    std::uint32_t from_leaf = 0;
    std::uint32_t to_leaf = 0;
    bool same_node = false;
    bool same_domain = false;
    bool operator==(const Key& o) const {
      return from_card == o.from_card && to_card == o.to_card && from_leaf == o.from_leaf && to_leaf == o.to_leaf &&
             same_node == o.same_node && same_domain == o.same_domain && from_pool == o.from_pool &&
             to_pool == o.to_pool;
    }
  };
  struct Known {
    Key key;
    std::vector<ResourceUse> uses; ///< of the first node, of the second, beyond
    std::size_t from_end = 0;
    std::size_t to_end = 0;
    double latency_s = 0;
    bool scale_out = false;
  };
  /// A node looked at lately.
  struct Node {
    CardId first_card = 0;
    CardId cards = 0; ///< 0: none so far
    NodeId node = 0;
    ResourceId base = 0;
    std::int32_t pool = 0;
    std::uint32_t leaf = 0;
    std::uint32_t domain = 0; ///< of its first card
  };
  static constexpr std::size_t places = 512;

  void enter(CardId card, Node& node, const Node& other);
  Known& remember(Known& known, const Key& key, CardId from, CardId to);

  const Cluster& cluster_;
  std::vector<bool> repeats_in_node_; ///< by pool
  bool repeats_between_nodes_;
  std::vector<Known> known_;
  Node from_; ///< of the last question: most go on from there
  Node to_;
  Route route_;
  SplitRoute found_;
};

} // namespace iccsim::platform
