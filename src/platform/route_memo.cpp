#include "iccsim/platform/route_memo.hpp"

#include "platform/cluster_parts.hpp"

namespace iccsim::platform {
namespace {

/// Ways in a torus, or over direct links that span nodes, depend on where the nodes are.
bool repeats(const scenario::ScaleUpSpec& scale_up) {
  using Kind = scenario::ScaleUpKind;
  const bool direct = scale_up.kind == Kind::full_mesh || scale_up.kind == Kind::links;
  return scale_up.kind != Kind::torus && !(direct && scale_up.domain_nodes > 1);
}

} // namespace

RouteMemo::RouteMemo(const Cluster& cluster) : cluster_(cluster), known_(places) {
  const Cluster::Parts& parts = *cluster.parts_;
  repeats_between_nodes_ = parts.fabric == nullptr || parts.fabric->leaf_groups_decide();
  for (const Pool& pool : parts.pools) {
    repeats_in_node_.push_back(repeats(pool.spec->node.scale_up));
    repeats_between_nodes_ = repeats_between_nodes_ && repeats_in_node_.back();
  }
}

/// Makes `node` that of a card; `other` may be it.
void RouteMemo::enter(CardId card, Node& node, const Node& other) {
  if (card - node.first_card < node.cards) {
    return;
  }
  if (card - other.first_card < other.cards) {
    node = other;
    return;
  }
  const Cluster::Parts& parts = *cluster_.parts_;
  const CardPlace place = parts.place(card);
  const auto pool = static_cast<std::size_t>(place.pool);
  const auto local = static_cast<std::uint32_t>(place.card);
  node.first_card = card - local;
  node.cards = parts.pools[pool].cards_per_node;
  node.node = place.node;
  node.base = place.base;
  node.pool = place.pool;
  node.leaf = parts.fabric ? parts.fabric->leaf_group(place.node) : 0;
  node.domain = parts.pools[pool].first_domain + parts.scale_up[pool].domain(place.index - local);
}

const SplitRoute& RouteMemo::find(CardId from, CardId to, std::uint64_t flow) {
  enter(from, from_, to_);
  enter(to, to_, from_);
  found_.from_node = from_.node;
  found_.to_node = to_.node;
  found_.from_base = from_.base;
  found_.to_base = to_.base;
  const bool same_node = from_.node == to_.node;
  if (same_node ? !repeats_in_node_[static_cast<std::size_t>(from_.pool)] : !repeats_between_nodes_) {
    cluster_.route(from, to, Transport::fastest, flow, route_);
    found_.at_from = found_.at_to = {};
    found_.beyond = {route_.uses.data(), route_.uses.data() + route_.uses.size()};
    found_.latency_s = route_.latency_s;
    found_.scale_out = route_.scale_out;
    return found_;
  }
  Key key;
  key.from_pool = from_.pool;
  key.to_pool = to_.pool;
  key.from_card = static_cast<std::int32_t>(from - from_.first_card);
  key.to_card = static_cast<std::int32_t>(to - to_.first_card);
  key.same_node = same_node;
  key.same_domain = from_.domain == to_.domain; // of different nodes; in one it makes no difference
  if (!key.same_domain) {
    key.from_leaf = from_.leaf;
    key.to_leaf = to_.leaf;
  }
  // There and back are apart, and near from far: neighbours in a collective's order mostly take turns with these.
  const std::size_t turn = (key.from_leaf < key.to_leaf ? 1 : 0) + (key.from_leaf > key.to_leaf ? 2 : 0);
  const std::size_t place =
      (static_cast<std::size_t>(key.from_card) * 61 + static_cast<std::size_t>(key.to_card) + turn * 128) % places;
  Known& known = known_[place].key == key ? known_[place] : remember(known_[place], key, from, to);
  const ResourceUse* first = known.uses.data();
  found_.at_from = {first, first + known.from_end};
  found_.at_to = {first + known.from_end, first + known.to_end};
  found_.beyond = {first + known.to_end, first + known.uses.size()};
  found_.latency_s = known.latency_s;
  found_.scale_out = known.scale_out;
  return found_;
}

RouteMemo::Known& RouteMemo::remember(Known& known, const Key& key, CardId from, CardId to) {
  const Cluster::Parts& parts = *cluster_.parts_;
  cluster_.route(from, to, Transport::fastest, 0, route_);
  const auto size_of = [&](std::int32_t pool) {
    return parts.pools[static_cast<std::size_t>(pool)].type->resources().size();
  };
  known.key = key;
  known.uses.clear();
  for (const ResourceUse& use : route_.uses) {
    if (use.resource - found_.from_base < size_of(key.from_pool)) {
      known.uses.push_back({use.resource - found_.from_base, use.share});
    }
  }
  known.from_end = known.uses.size();
  for (const ResourceUse& use : route_.uses) {
    if (!key.same_node && use.resource - found_.to_base < size_of(key.to_pool)) {
      known.uses.push_back({use.resource - found_.to_base, use.share});
    }
  }
  known.to_end = known.uses.size();
  for (const ResourceUse& use : route_.uses) {
    const bool inside = use.resource - found_.from_base < size_of(key.from_pool) ||
                        use.resource - found_.to_base < size_of(key.to_pool);
    if (!inside) {
      known.uses.push_back(use);
    }
  }
  known.latency_s = route_.latency_s;
  known.scale_out = route_.scale_out;
  return known;
}

} // namespace iccsim::platform
