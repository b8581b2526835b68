// Resources and routes: what transfers share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace iccsim::platform {

using ResourceId = std::uint32_t; ///< dense, 0 .. resource_count-1
using CardId = std::uint32_t;     ///< global, 0 .. cards-1, pool by pool, node by node
using NodeId = std::uint32_t;     ///< global, pool by pool

enum class ResourceKind {
  scale_up_out, scale_up_in, scale_up_link, ///< a card's scale-up lanes, by direction; a direct link's direction
  pcie_slot, pcie_uplink,                    ///< a device's lanes; a switch's or root port's lanes
  socket_link, host_memory, cpu, nvme,
  nic_out, nic_in,
  leaf_up, leaf_down, spine_up, spine_down,  ///< between leaf and spine; between spine and core
  fabric_link,                               ///< torus, dragonfly and full-mesh links
  storage_nic, storage_media
};

/// `share` of a flow's bytes crosses the resource (ECMP spreads a flow: shares below 1).
struct ResourceUse {
  ResourceId resource;
  double share;
};

/// The way of one flow.
struct Route {
  std::vector<ResourceUse> uses;
  double latency_s = 0; ///< one way, first byte
};

} // namespace iccsim::platform
