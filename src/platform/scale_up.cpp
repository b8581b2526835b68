#include "platform/scale_up.hpp"

#include "platform/mix_hash.hpp"

namespace iccsim::platform {

ScaleUp::ScaleUp(const Pool& pool, const scenario::FabricSpec& fabric)
    : pool_(pool), spec_(pool.type->spec().scale_up), fabric_(fabric) {
  switch (spec_.kind) {
  case scenario::ScaleUpKind::none:
    break;
  case scenario::ScaleUpKind::switched:
  case scenario::ScaleUpKind::full_mesh:
  case scenario::ScaleUpKind::links:
    domain_cards_ = pool.cards_per_node * static_cast<std::uint32_t>(spec_.domain_nodes);
    break;
  case scenario::ScaleUpKind::torus:
    torus_.emplace(fabric.dimensions, fabric.wrap);
    domain_cards_ = torus_->positions();
    break;
  }
}

bool ScaleUp::route(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const {
  if (domain(from.index) != domain(to.index)) {
    return false;
  }
  switch (spec_.kind) {
  case scenario::ScaleUpKind::none:
    return false;
  case scenario::ScaleUpKind::switched:
    route.uses.push_back({from.base + pool_.type->card_lanes(from.card).out, 1});
    route.uses.push_back({to.base + pool_.type->card_lanes(to.card).in, 1});
    break;
  case scenario::ScaleUpKind::full_mesh: {
    const std::uint32_t here = from.index % domain_cards_;
    const std::uint32_t there = to.index % domain_cards_;
    // A card's links are numbered by its place in its node, as the node graph names them.
    const std::uint32_t first = here - static_cast<std::uint32_t>(from.card);
    const std::uint32_t peer = (there + domain_cards_ - first) % domain_cards_;
    const auto card = static_cast<std::uint32_t>(from.card);
    route.uses.push_back({from.base + pool_.type->card_link(from.card, peer < card ? peer : peer - 1), 1});
    break;
  }
  case scenario::ScaleUpKind::links:
    return through_listed_links(from, to, route);
  case scenario::ScaleUpKind::torus:
    through_torus(from, to, flow, route);
    return true;
  }
  route.latency_s += spec_.latency_s;
  return true;
}

/// Cards that no link joins are reached through others, which store and forward.
bool ScaleUp::through_listed_links(const CardPlace& from, const CardPlace& to, Route& route) const {
  const Path path = pool_.type->scale_up(from.card, to.card);
  if (from.node != to.node || path.empty()) {
    return false;
  }
  append(route, from.base, path);
  route.latency_s += spec_.latency_s * static_cast<double>(path.size());
  return true;
}

/// The first link costs the card-to-card latency, every further one a hop.
void ScaleUp::through_torus(const CardPlace& from, const CardPlace& to, std::uint64_t flow, Route& route) const {
  const std::uint32_t first = from.index / domain_cards_ * domain_cards_;
  const bool halves = fabric_.paths == scenario::PathSelection::ecmp;
  const std::uint64_t pick = halves ? 0 : mix_hash(flow ^ mix_hash(fabric_.hash_seed));
  const int length = torus_->walk(
      from.index - first, to.index - first, halves, pick, [&](std::uint32_t at, std::uint32_t direction, double share) {
        const std::uint32_t card = first + at;
        const ResourceId base = pool_.node_base(card / pool_.cards_per_node);
        route.uses.push_back(
            {base + pool_.type->card_link(static_cast<int>(card % pool_.cards_per_node), direction), share});
      });
  route.latency_s += spec_.latency_s + (length - 1) * fabric_.hop_latency_s;
}

} // namespace iccsim::platform
