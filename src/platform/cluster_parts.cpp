#include "platform/cluster_parts.hpp"

#include "platform/check_spec.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

namespace iccsim::platform {
ResourceId checked_count(std::uint64_t resources) {
  if (resources > std::numeric_limits<ResourceId>::max()) {
    throw std::invalid_argument(fmt::format("the cluster has {} links and devices, more than can be numbered; a full "
                                            "mesh and a dragonfly's group grow with the square of their size",
                                            resources));
  }
  return static_cast<ResourceId>(resources);
}

Cluster::Parts::Parts(const scenario::PlatformSpec& platform, const ResourceScale& scale_)
    : spec(platform), scale(scale_) {
  check_spec(spec);
  add_pools();
  scale_up.reserve(pools.size());
  for (Pool& pool : pools) {
    scale_up.emplace_back(pool, spec.fabric);
    pool.first_domain = domains;
    domains += scale_up.back().domain_count();
  }
  add_fabric();
  add_storage_fabric();
  storages = StorageSystems(spec, nodes, resources);
  resources = checked_count(storages.end());
  for (std::size_t i = 0; i < spec.storage.size(); ++i) {
    storage_links.push_back({server_network(spec.storage[i], spec), ways_to(i)});
  }
}

void Cluster::Parts::add_pools() {
  std::uint64_t next_resource = 0;
  const double storage_efficiency = (spec.storage_fabric ? *spec.storage_fabric : spec.fabric).efficiency;
  pools.reserve(spec.pools.size());
  for (const auto& pool_spec : spec.pools) {
    Pool pool;
    pool.spec = &pool_spec;
    pool.type = std::make_unique<NodeTemplate>(pool_spec.node, spec.fabric, storage_efficiency);
    pool.cards_per_node = static_cast<std::uint32_t>(pool_spec.node.cards);
    pool.first_node = nodes;
    pool.first_card = cards;
    pool.first_resource = checked_count(next_resource);
    nodes += pool.nodes();
    cards += pool.cards();
    next_resource += std::uint64_t{pool.nodes()} * pool.type->resources().size();
    const LocalResources& local = pool.type->resources();
    for (std::uint32_t i = 0; i < local.size(); ++i) {
      pool.traits.push_back({local.at(i).kind, local.at(i).capacity * scale_of(local.at(i).kind)});
    }
    pools.push_back(std::move(pool));
  }
  resources = checked_count(next_resource);
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

const Fabric* Cluster::Parts::fabric_of(ResourceId resource) const {
  if (storage_fabric && resource >= storage_fabric->base()) {
    return storage_fabric.get();
  }
  return fabric && resource >= fabric->base() ? fabric.get() : nullptr;
}

ResourceKind Cluster::Parts::kind(ResourceId resource) const {
  if (on_storage(resource)) {
    return storages.kind(resource);
  }
  if (const Fabric* between = fabric_of(resource)) {
    return between->kind(resource - between->base());
  }
  const Pool& pool = pool_of_resource(resource);
  const auto& local = pool.type->resources();
  return local.at((resource - pool.first_resource) % local.size()).kind;
}

double Cluster::Parts::capacity(ResourceId resource) const {
  return scale.empty() ? unscaled_capacity(resource) : unscaled_capacity(resource) * scale_of(kind(resource));
}

double Cluster::Parts::scale_of(ResourceKind of_kind) const {
  const auto factor = scale.find(of_kind);
  return factor == scale.end() ? 1.0 : factor->second;
}

double Cluster::Parts::unscaled_capacity(ResourceId resource) const {
  if (on_storage(resource)) {
    return storages.capacity(resource);
  }
  if (const Fabric* between = fabric_of(resource)) {
    return between->capacity(resource - between->base());
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
