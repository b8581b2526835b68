#include "iccsim/platform/cluster.hpp"

#include "platform/check_spec.hpp"
#include "platform/cluster_parts.hpp"
#include "platform/rails.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

namespace iccsim::platform {
namespace {

ResourceId checked_count(std::uint64_t resources) {
  if (resources > std::numeric_limits<ResourceId>::max()) {
    throw std::invalid_argument(fmt::format(
        "the cluster has {} links and devices, more than iccsim can number; a full mesh grows with the square of its "
        "nodes",
        resources));
  }
  return static_cast<ResourceId>(resources);
}

std::uint32_t first_plane(const std::vector<int>& dimensions) {
  std::uint32_t cards = 1;
  for (std::size_t d = 1; d < dimensions.size(); ++d) {
    cards *= static_cast<std::uint32_t>(dimensions[d]);
  }
  return cards;
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

Cluster::Cluster(const scenario::PlatformSpec& spec) : parts_(std::make_unique<Parts>(spec)) {}
Cluster::~Cluster() = default;
Cluster::Cluster(Cluster&&) noexcept = default;

std::uint32_t Cluster::cards() const {
  return parts_->cards;
}
std::uint32_t Cluster::nodes() const {
  return parts_->nodes;
}
NodeId Cluster::node_of(CardId card) const {
  return parts_->place(card).node;
}
int Cluster::local_index(CardId card) const {
  return parts_->place(card).card;
}

CardId Cluster::first_card(NodeId node) const {
  const Pool& pool = parts_->pool_of_node(node);
  return pool.first_card + (node - pool.first_node) * pool.cards_per_node;
}

const scenario::NodeSpec& Cluster::node_spec(NodeId node) const {
  return parts_->pool_of_node(node).spec->node;
}

int Cluster::pool_of(NodeId node) const {
  return static_cast<int>(&parts_->pool_of_node(node) - parts_->pools.data());
}

std::uint32_t Cluster::scale_up_domain(CardId card) const {
  const CardPlace place = parts_->place(card);
  const auto pool = static_cast<std::size_t>(place.pool);
  return parts_->pools[pool].first_domain + parts_->scale_up[pool].domain(place.index);
}

std::uint32_t Cluster::leaf_group(NodeId node) const {
  if (parts_->fabric) {
    return parts_->fabric->leaf_group(node);
  }
  const bool torus = node_spec(node).scale_up.kind == scenario::ScaleUpKind::torus;
  return torus ? first_card(node) / first_plane(parts_->spec.fabric.dimensions) : 0;
}

int Cluster::rails(NodeId node) const {
  return parts_->pool_of_node(node).type->rails();
}

ResourceId Cluster::resource_count() const {
  return parts_->resources;
}

double Cluster::capacity(ResourceId resource) const {
  if (parts_->on_fabric(resource)) {
    return parts_->fabric->capacity(resource - parts_->fabric->base());
  }
  const Pool& pool = parts_->pool_of_resource(resource);
  const auto& local = pool.type->resources();
  return local.at((resource - pool.first_resource) % local.size()).capacity;
}

ResourceKind Cluster::kind(ResourceId resource) const {
  if (parts_->on_fabric(resource)) {
    return parts_->fabric->kind(resource - parts_->fabric->base());
  }
  const Pool& pool = parts_->pool_of_resource(resource);
  const auto& local = pool.type->resources();
  return local.at((resource - pool.first_resource) % local.size()).kind;
}

std::string Cluster::resource_name(ResourceId resource) const {
  if (parts_->on_fabric(resource)) {
    return parts_->fabric->resource_name(resource - parts_->fabric->base());
  }
  const Pool& pool = parts_->pool_of_resource(resource);
  const auto& local = pool.type->resources();
  const ResourceId offset = resource - pool.first_resource;
  return fmt::format("{}-{}/{}", pool.spec->name, offset / local.size(), local.at(offset % local.size()).name);
}

bool Cluster::scale_up_reduces(CardId card) const {
  const auto& scale_up = node_spec(node_of(card)).scale_up;
  return scale_up.kind == scenario::ScaleUpKind::switched && scale_up.in_network_reduction;
}

bool Cluster::fabric_reduces() const {
  using Kind = scenario::FabricKind;
  const auto& fabric = parts_->spec.fabric;
  const bool switched =
      fabric.kind == Kind::rail_optimized || fabric.kind == Kind::fat_tree || fabric.kind == Kind::single_switch;
  return parts_->fabric && switched && fabric.in_network_reduction;
}

} // namespace iccsim::platform
