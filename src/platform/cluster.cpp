#include "iccsim/platform/cluster.hpp"

#include "platform/cluster_parts.hpp"

#include <fmt/format.h>

namespace iccsim::platform {
namespace {

std::uint32_t first_plane(const std::vector<int>& dimensions) {
  std::uint32_t cards = 1;
  for (std::size_t d = 1; d < dimensions.size(); ++d) {
    cards *= static_cast<std::uint32_t>(dimensions[d]);
  }
  return cards;
}

} // namespace

Cluster::Cluster(const scenario::PlatformSpec& spec, const ResourceScale& scale)
    : parts_(std::make_unique<Parts>(spec, scale)) {}
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

std::vector<NodeResources> Cluster::node_resources() const {
  std::vector<NodeResources> blocks;
  for (const Pool& pool : parts_->pools) {
    blocks.push_back({pool.first_resource, pool.type->resources().size(), pool.nodes()});
  }
  return blocks;
}

double Cluster::capacity(ResourceId resource) const {
  return parts_->capacity(resource);
}

ResourceKind Cluster::kind(ResourceId resource) const {
  return parts_->kind(resource);
}

std::string Cluster::resource_name(ResourceId resource) const {
  if (parts_->on_storage(resource)) {
    return parts_->storages.name(resource, [this](NodeId node) {
      const Pool& pool = parts_->pool_of_node(node);
      return fmt::format("{}-{}", pool.spec->name, node - pool.first_node);
    });
  }
  if (const Fabric* fabric = parts_->fabric_of(resource)) {
    const bool storage = fabric == parts_->storage_fabric.get();
    return (storage ? "storage/" : "") + fabric->resource_name(resource - fabric->base());
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
