#include "platform/dragonfly_fabric.hpp"

#include "platform/leaf_map.hpp"
#include "platform/mix_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace iccsim::platform {

DragonflyFabric::DragonflyFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base)
    : Fabric(base), spec_(spec), hosts_(hosts),
      router_of_host_(fill_switches(hosts, spec.router_ports, "dragonfly router")),
      routers_(static_cast<std::uint32_t>(spec.group_routers)), groups_(router_of_host_.back() / routers_ + 1),
      local_rate_(spec.link_bytes_per_s > 0 ? spec.link_bytes_per_s * spec.efficiency : hosts.fastest_port()) {
  if (groups_ < 2) {
    return;
  }
  std::vector<double> group_rate(groups_, 0.0);
  for (std::uint32_t host = 0; host < hosts.count(); ++host) {
    group_rate[leaf_group(host)] += hosts.rate(host);
  }
  const double fullest = *std::max_element(group_rate.begin(), group_rate.end());
  const double between_two = fullest / spec.oversubscription / (groups_ - 1);
  const double links = std::round(between_two / local_rate_);
  global_links_ = static_cast<std::uint32_t>(std::clamp(links, 1.0, static_cast<double>(routers_)));
  global_rate_ = between_two / global_links_;
}

ResourceId DragonflyFabric::local_link(std::uint32_t from_router, std::uint32_t to_router) const {
  const std::uint32_t to = to_router % routers_;
  const std::uint32_t from = from_router % routers_;
  return from_router * (routers_ - 1) + (to < from ? to : to - 1);
}

ResourceId DragonflyFabric::global_link(std::uint32_t from_group, std::uint32_t to_group, std::uint32_t link) const {
  const std::uint32_t to = to_group < from_group ? to_group : to_group - 1;
  return static_cast<ResourceId>(local_links()) + (from_group * (groups_ - 1) + to) * global_links_ + link;
}

std::uint32_t DragonflyFabric::gateway(std::uint32_t group, std::uint32_t other, std::uint32_t link) const {
  const std::uint32_t position = other < group ? other : other - 1;
  return group * routers_ + (position * global_links_ + link) % routers_;
}

/// From router to router over the link-th link between their groups; returns the routers crossed.
int DragonflyFabric::cross(std::uint32_t from_router, std::uint32_t to_router, std::uint32_t link, double share,
                           Route& route) const {
  const std::uint32_t from_group = from_router / routers_;
  const std::uint32_t to_group = to_router / routers_;
  const std::uint32_t exit = gateway(from_group, to_group, link);
  const std::uint32_t entry = gateway(to_group, from_group, link);
  int routers = 2;
  if (exit != from_router) {
    route.uses.push_back({base() + local_link(from_router, exit), share});
    ++routers;
  }
  route.uses.push_back({base() + global_link(from_group, to_group, link), share});
  if (entry != to_router) {
    route.uses.push_back({base() + local_link(entry, to_router), share});
    ++routers;
  }
  return routers;
}

int DragonflyFabric::route(Port from, Port to, std::uint64_t flow, double share, Route& route) const {
  const std::uint32_t a = router_of_host_[from.host];
  const std::uint32_t b = router_of_host_[to.host];
  if (a == b) {
    return 1;
  }
  if (a / routers_ == b / routers_) {
    route.uses.push_back({base() + local_link(a, b), share});
    return 2;
  }
  if (spec_.paths == scenario::PathSelection::hash) {
    const std::uint64_t ends = mix_hash((static_cast<std::uint64_t>(from.host) << 32) | to.host);
    const std::uint64_t hash = mix_hash(mix_hash(flow ^ mix_hash(spec_.hash_seed)) ^ ends);
    return cross(a, b, static_cast<std::uint32_t>(hash % global_links_), share, route);
  }
  return spread(from, to, share, route);
}

int DragonflyFabric::spread(Port from, Port to, double share, Route& route) const {
  const std::uint32_t a = router_of_host_[from.host];
  const std::uint32_t b = router_of_host_[to.host];
  if (a / routers_ == b / routers_) {
    return this->route(from, to, 0, share, route);
  }
  int hops = 0;
  for (std::uint32_t link = 0; link < global_links_; ++link) {
    hops = std::max(hops, cross(a, b, link, share / global_links_, route));
  }
  return hops;
}

std::uint64_t DragonflyFabric::resource_count() const {
  return local_links() + std::uint64_t{groups_} * (groups_ - 1) * global_links_;
}

double DragonflyFabric::capacity(ResourceId local) const {
  return local < local_links() ? local_rate_ : global_rate_;
}

std::string DragonflyFabric::resource_name(ResourceId local) const {
  if (local < local_links()) {
    const std::uint32_t router = local / (routers_ - 1);
    const std::uint32_t to = local % (routers_ - 1);
    const std::uint32_t place = router % routers_;
    return fmt::format("group-{}/router{}/to_router{}", router / routers_, place, to < place ? to : to + 1);
  }
  const auto global = static_cast<std::uint32_t>(local - local_links());
  const std::uint32_t group = global / global_links_ / (groups_ - 1);
  const std::uint32_t to = global / global_links_ % (groups_ - 1);
  return fmt::format("group-{}/to_group{}/link{}", group, to < group ? to : to + 1, global % global_links_);
}

FabricGraph DragonflyFabric::graph() const {
  FabricGraph result;
  for (std::uint32_t router = 0; router < groups_ * routers_; ++router) {
    boost::add_vertex(result.graph);
  }
  for (std::uint32_t a = 0; a < groups_ * routers_; ++a) {
    for (std::uint32_t b = a / routers_ * routers_; b < (a / routers_ + 1) * routers_; ++b) {
      if (a != b) {
        result.join(a, b, base() + local_link(a, b));
      }
    }
  }
  for (std::uint32_t a = 0; a < groups_; ++a) {
    for (std::uint32_t b = 0; b < groups_; ++b) {
      for (std::uint32_t link = 0; a != b && link < global_links_; ++link) {
        result.join(gateway(a, b, link), gateway(b, a, link), base() + global_link(a, b, link));
      }
    }
  }
  for (std::uint32_t host = 0; host < hosts_.count(); ++host) {
    auto& ports = result.port.emplace_back();
    for (int rail = 0; rail < hosts_.ports(host); ++rail) {
      ports.push_back(boost::add_vertex(result.graph));
      result.join_both(ports.back(), router_of_host_[host], port_edge, port_edge);
    }
  }
  return result;
}

} // namespace iccsim::platform
