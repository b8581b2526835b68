// A pool of equal nodes: where its nodes, cards and resources begin in the cluster's numbering.
#pragma once

#include "platform/node_template.hpp"

#include <memory>
#include <vector>

namespace iccsim::platform {

/// A card by its position: `base` is the first resource of its node.
struct CardPlace {
  int pool = 0;
  NodeId node = 0;         ///< in the cluster
  std::uint32_t index = 0; ///< card of the pool
  int card = 0;            ///< card of the node
  ResourceId base = 0;
};

struct Pool {
  const scenario::NodePoolSpec* spec = nullptr;
  std::unique_ptr<NodeTemplate> type;
  std::uint32_t cards_per_node = 0;
  NodeId first_node = 0;
  CardId first_card = 0;
  ResourceId first_resource = 0;
  std::uint32_t first_domain = 0;
  std::vector<ResourceTraits> traits; ///< of a node's resources, scaled

  std::uint32_t nodes() const { return static_cast<std::uint32_t>(spec->count); }
  std::uint32_t cards() const { return nodes() * cards_per_node; }
  ResourceId node_base(std::uint32_t node_in_pool) const {
    return first_resource + node_in_pool * type->resources().size();
  }
};

inline void append(Route& route, ResourceId base, Path path, double share = 1) {
  for (LocalId id : path) {
    route.uses.push_back({base + id, share});
  }
}

} // namespace iccsim::platform
