// Dragonfly: routers in groups, every two routers of a group joined, every two groups joined, minimal routes.
//
// Inside a group one link joins two routers, as fast as the fastest NIC or `link_bytes_per_s`. A group's global links
// carry together what its ports carry, divided by the oversubscription (1 is the balanced dragonfly of Kim et al.,
// ISCA 2008), evenly split over the other groups; the links to one group end at as many routers as there are links.
#pragma once

#include "platform/fabric.hpp"

namespace iccsim::platform {

class DragonflyFabric final : public Fabric {
public:
  DragonflyFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base);

  int route(Port from, Port to, std::uint64_t flow, double share, Route& route) const override;
  int spread(Port from, Port to, double share, Route& route) const override;
  std::uint32_t attachment(Port port) const override { return router_of_host_[port.host]; }
  std::uint64_t resource_count() const override;
  double capacity(ResourceId local) const override;
  ResourceKind kind(ResourceId) const override { return ResourceKind::fabric_link; }
  std::string resource_name(ResourceId local) const override;
  std::uint32_t leaf_group(std::uint32_t host) const override { return router_of_host_[host] / routers_; }
  FabricGraph graph() const override;

private:
  ResourceId local_link(std::uint32_t from_router, std::uint32_t to_router) const;
  ResourceId global_link(std::uint32_t from_group, std::uint32_t to_group, std::uint32_t link) const;
  /// The router of `group` where the link-th link to `other` ends.
  std::uint32_t gateway(std::uint32_t group, std::uint32_t other, std::uint32_t link) const;
  int cross(std::uint32_t from_router, std::uint32_t to_router, std::uint32_t link, double share, Route& route) const;
  std::uint64_t local_links() const { return std::uint64_t{groups_} * routers_ * (routers_ - 1); }

  scenario::FabricSpec spec_;
  FabricHosts hosts_;
  std::vector<std::uint32_t> router_of_host_;
  std::uint32_t routers_ = 1; ///< of a group
  std::uint32_t groups_ = 1;
  std::uint32_t global_links_ = 1; ///< between two groups
  double local_rate_ = 0;
  double global_rate_ = 0; ///< of one link
};

} // namespace iccsim::platform
