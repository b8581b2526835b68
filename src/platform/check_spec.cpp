#include "platform/check_spec.hpp"

#include "platform/check_node.hpp"
#include "platform/rails.hpp"
#include "platform/storage_systems.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

namespace iccsim::platform {
namespace {

template <typename... Parts> void require(bool holds, fmt::string_view text, Parts&&... parts) {
  if (!holds) {
    throw std::invalid_argument(fmt::vformat(text, fmt::make_format_args(parts...)));
  }
}

bool is_positive(double value) {
  return std::isfinite(value) && value > 0;
}

std::string listed(const std::vector<int>& sizes) {
  return fmt::format("{}", fmt::join(sizes, " x "));
}

bool uses_card_torus(const scenario::PlatformSpec& spec) {
  for (const auto& pool : spec.pools) {
    if (pool.node.scale_up.kind == scenario::ScaleUpKind::torus) {
      return true;
    }
  }
  return false;
}

void check_pools(const scenario::PlatformSpec& spec) {
  require(!spec.pools.empty(), "the platform has no nodes");
  std::set<std::string> names;
  std::uint64_t cards = 0;
  for (const auto& pool : spec.pools) {
    require(names.insert(pool.name).second, "two pools of nodes are named {}", pool.name);
    require(pool.count > 0, "pool {}: it needs at least one node, not {}", pool.name, pool.count);
    check_node(pool.node, pool.name);
    cards += static_cast<std::uint64_t>(pool.count) * static_cast<std::uint64_t>(pool.node.cards);
  }
  require(cards <= std::numeric_limits<std::uint32_t>::max(), "the cluster has {} cards, more than can be numbered",
          cards);
}

/// The number of positions of the torus; throws when the dimensions make none.
std::uint64_t torus_positions(const scenario::FabricSpec& fabric) {
  const auto count = fabric.dimensions.size();
  require(count == 2 || count == 3, "a torus needs 2 or 3 fabric.dimensions, not {}", count);
  std::uint64_t positions = 1;
  for (int size : fabric.dimensions) {
    require(size > 0, "fabric.dimensions must be at least 1 each, not {}", listed(fabric.dimensions));
    positions *= static_cast<std::uint64_t>(size);
    require(positions <= std::numeric_limits<std::uint32_t>::max(), "the torus {} is larger than can be numbered",
            listed(fabric.dimensions));
  }
  return positions;
}

/// Cards joined as a torus: the whole cluster where the fabric is that torus, else domains joined by NICs.
void check_card_torus(const scenario::PlatformSpec& spec) {
  const std::uint64_t positions = torus_positions(spec.fabric);
  const bool whole = spec.fabric.kind == scenario::FabricKind::torus;
  require(!whole || spec.pools.size() == 1, "a torus between cards needs one pool of nodes, not {}", spec.pools.size());
  for (const auto& pool : spec.pools) {
    if (pool.node.scale_up.kind != scenario::ScaleUpKind::torus) {
      continue;
    }
    const auto cards = static_cast<std::uint64_t>(pool.count) * static_cast<std::uint64_t>(pool.node.cards);
    require(!whole || positions == cards, "the torus {} holds {} cards, but the cluster has {}",
            listed(spec.fabric.dimensions), positions, cards);
    require(cards % positions == 0, "pool {}: its {} cards do not fill whole tori of {} ({} cards)", pool.name, cards,
            listed(spec.fabric.dimensions), positions);
  }
}

void check_node_torus(const scenario::PlatformSpec& spec) {
  const std::uint64_t positions = torus_positions(spec.fabric);
  std::uint64_t nodes = 0;
  for (const auto& pool : spec.pools) {
    nodes += static_cast<std::uint64_t>(pool.count);
  }
  require(positions == nodes, "the torus {} holds {} nodes, but the cluster has {}", listed(spec.fabric.dimensions),
          positions, nodes);
}

void check_clos(const scenario::FabricSpec& fabric) {
  require(fabric.leaf_ports >= 1, "fabric.leaf_ports must be at least 1, not {}", fabric.leaf_ports);
  require(fabric.tiers == 2 || fabric.tiers == 3, "fabric.tiers must be 2 or 3, not {}", fabric.tiers);
  require(fabric.tiers == 2 || fabric.spine_ports >= 1, "fabric.spine_ports must be at least 1, not {}",
          fabric.spine_ports);
}

void check_fabric(const scenario::FabricSpec& fabric) {
  require(is_positive(fabric.efficiency), "fabric.efficiency must be above 0, not {}", fabric.efficiency);
  require(is_positive(fabric.oversubscription), "fabric.oversubscription must be above 0, not {}",
          fabric.oversubscription);
  require(is_positive(fabric.core_oversubscription), "fabric.core_oversubscription must be above 0, not {}",
          fabric.core_oversubscription);
  require(std::isfinite(fabric.hop_latency_s) && fabric.hop_latency_s >= 0, "fabric.hop_latency must not be negative");
  require(std::isfinite(fabric.link_bytes_per_s) && fabric.link_bytes_per_s >= 0,
          "fabric.link_bandwidth must not be negative");
  if (fabric.kind == scenario::FabricKind::rail_optimized || fabric.kind == scenario::FabricKind::fat_tree) {
    check_clos(fabric);
  }
  if (fabric.kind == scenario::FabricKind::dragonfly) {
    require(fabric.group_routers >= 1, "a dragonfly needs fabric.group_routers, the routers of a group");
    require(fabric.router_ports >= 1, "a dragonfly needs fabric.router_ports, the node ports of a router");
  }
}

void check_storage(const scenario::StorageSpec& storage, const scenario::PlatformSpec& spec) {
  require(!has_servers(storage) || storage.servers > 0, "storage {}: it needs at least one server, not {}",
          storage.name, storage.servers);
  require(storage.request_bytes > 0, "storage {}: a request must have bytes", storage.name);
  for (const auto& pool : spec.pools) {
    require(storage.network != scenario::StorageNetwork::storage || !storage_nics(pool.node).empty(),
            "storage {}: it is reached over storage NICs, but the nodes of pool {} have none (`use: storage`)",
            storage.name, pool.name);
  }
}

void check_storages(const scenario::PlatformSpec& spec) {
  for (const auto& storage : spec.storage) {
    check_storage(storage, spec);
  }
  if (spec.storage_fabric) {
    const auto kind = spec.storage_fabric->kind;
    check_fabric(*spec.storage_fabric);
    require(kind != scenario::FabricKind::torus && kind != scenario::FabricKind::full_mesh,
            "storage_fabric: servers cannot be plugged into a {}", name_of(kind));
  }
}

} // namespace

void check_spec(const scenario::PlatformSpec& spec) {
  check_pools(spec);
  check_fabric(spec.fabric);
  check_storages(spec);
  if (uses_card_torus(spec)) {
    check_card_torus(spec);
  } else if (spec.fabric.kind == scenario::FabricKind::torus) {
    check_node_torus(spec);
  }
}

void check_nics(const scenario::PlatformSpec& spec) {
  for (const auto& pool : spec.pools) {
    require(!compute_nics(pool.node).empty(),
            "pool {}: its nodes have no NIC for the {} fabric (NICs with `use: storage` do not count)", pool.name,
            name_of(spec.fabric.kind));
  }
}

} // namespace iccsim::platform
