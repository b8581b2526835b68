#include "platform/cluster_parts.hpp"

#include "platform/check_spec.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

namespace iccsim::platform {
namespace {

ResourceId checked_count(std::uint64_t resources) {
  if (resources > std::numeric_limits<ResourceId>::max()) {
    throw std::invalid_argument(fmt::format("the cluster has {} links and devices, more than can be numbered; a full "
                                            "mesh and a dragonfly's group grow with the square of their size",
                                            resources));
  }
  return static_cast<ResourceId>(resources);
}

} // namespace

Cluster::Parts::Parts(const scenario::PlatformSpec& platform) : spec(platform) {
  check_spec(spec);
  add_pools();
  scale_up.reserve(pools.size());
  for (Pool& pool : pools) {
    scale_up.emplace_back(pool, spec.fabric);
    pool.first_domain = domains;
    domains += scale_up.back().domain_count();
  }
  add_fabric();
}

void Cluster::Parts::add_pools() {
  std::uint64_t next_resource = 0;
  pools.reserve(spec.pools.size());
  for (const auto& pool_spec : spec.pools) {
    Pool pool;
    pool.spec = &pool_spec;
    pool.type = std::make_unique<NodeTemplate>(pool_spec.node, spec.fabric);
    pool.cards_per_node = static_cast<std::uint32_t>(pool_spec.node.cards);
    pool.first_node = nodes;
    pool.first_card = cards;
    pool.first_resource = checked_count(next_resource);
    nodes += pool.nodes();
    cards += pool.cards();
    next_resource += std::uint64_t{pool.nodes()} * pool.type->resources().size();
    pools.push_back(std::move(pool));
  }
  resources = checked_count(next_resource);
}

void Cluster::Parts::add_fabric() {
  FabricHosts hosts;
  bool all_have_nics = true;
  for (const Pool& pool : pools) {
    HostRun run{pool.nodes(), {}};
    for (int rail = 0; rail < pool.type->rails(); ++rail) {
      run.port_bytes_per_s.push_back(pool.type->rail_nic(rail).bytes_per_s * spec.fabric.efficiency);
    }
    all_have_nics = all_have_nics && !run.port_bytes_per_s.empty();
    hosts.add(std::move(run));
  }
  if (domains == 1 && (!all_have_nics || spec.fabric.kind == scenario::FabricKind::torus)) {
    return; // one scale-up domain joins every card
  }
  if (nodes == 1 && !all_have_nics) {
    return;
  }
  check_nics(spec);
  fabric = make_fabric(spec.fabric, hosts, resources);
  resources = checked_count(std::uint64_t{resources} + fabric->resource_count());
}

const Pool& Cluster::Parts::pool_of_node(NodeId node) const {
  std::size_t pool = pools.size() - 1;
  while (node < pools[pool].first_node) {
    --pool;
  }
  return pools[pool];
}

const Pool& Cluster::Parts::pool_of_resource(ResourceId resource) const {
  std::size_t pool = pools.size() - 1;
  while (resource < pools[pool].first_resource) {
    --pool;
  }
  return pools[pool];
}

double Cluster::Parts::capacity(ResourceId resource) const {
  if (on_fabric(resource)) {
    return fabric->capacity(resource - fabric->base());
  }
  const Pool& pool = pool_of_resource(resource);
  const auto& local = pool.type->resources();
  return local.at((resource - pool.first_resource) % local.size()).capacity;
}

CardPlace Cluster::Parts::place(CardId card) const {
  std::size_t i = pools.size() - 1;
  while (card < pools[i].first_card) {
    --i;
  }
  const Pool& pool = pools[i];
  CardPlace place;
  place.pool = static_cast<int>(i);
  place.index = card - pool.first_card;
  const std::uint32_t node = place.index / pool.cards_per_node;
  place.card = static_cast<int>(place.index - node * pool.cards_per_node);
  place.node = pool.first_node + node;
  place.base = pool.node_base(node);
  return place;
}

CardPlace Cluster::Parts::sibling(CardPlace place, int card) const {
  place.index = place.index - static_cast<std::uint32_t>(place.card) + static_cast<std::uint32_t>(card);
  place.card = card;
  return place;
}

} // namespace iccsim::platform
