#include "platform/direct_fabrics.hpp"

#include "platform/mix_hash.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::platform {
namespace {

/// One vertex a host, which all its ports share.
FabricGraph graph_of_hosts(const FabricHosts& hosts) {
  FabricGraph result;
  result.uncounted_edges = 0;
  for (std::uint32_t host = 0; host < hosts.count(); ++host) {
    const auto vertex = boost::add_vertex(result.graph);
    result.port.emplace_back(static_cast<std::size_t>(hosts.ports(host)), vertex);
  }
  return result;
}

std::uint32_t product_after_first(const std::vector<int>& sizes) {
  std::uint32_t product = 1;
  for (std::size_t d = 1; d < sizes.size(); ++d) {
    product *= static_cast<std::uint32_t>(sizes[d]);
  }
  return product;
}

} // namespace

TorusFabric::TorusFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base)
    : Fabric(base), spec_(spec), grid_(spec.dimensions, spec.wrap), hosts_(hosts),
      row_(product_after_first(spec.dimensions)) {}

int TorusFabric::route(Port from, Port to, std::uint64_t flow, double share, Route& route) const {
  const bool halves = spec_.paths == scenario::PathSelection::ecmp;
  const std::uint64_t pick = halves ? 0 : mix_hash(flow ^ mix_hash(spec_.hash_seed));
  return grid_.walk(from.host, to.host, halves, pick, [&](std::uint32_t at, std::uint32_t direction, double part) {
    route.uses.push_back({base() + at * grid_.directions() + direction, share * part});
  });
}

double TorusFabric::capacity(ResourceId local) const {
  const std::uint32_t at = local / grid_.directions();
  const std::uint32_t direction = local % grid_.directions();
  if (!grid_.has_link(at, direction)) {
    return 0;
  }
  if (spec_.link_bytes_per_s > 0) {
    return spec_.link_bytes_per_s * spec_.efficiency;
  }
  return std::min(hosts_.rate(at), hosts_.rate(grid_.neighbour(at, direction)));
}

std::string TorusFabric::resource_name(ResourceId local) const {
  const std::uint32_t direction = local % grid_.directions();
  return fmt::format("torus-{}/{}{}", local / grid_.directions(), "xyz"[direction / 2], "+-"[direction % 2]);
}

FabricGraph TorusFabric::graph() const {
  FabricGraph result = graph_of_hosts(hosts_);
  for (std::uint32_t at = 0; at < hosts_.count(); ++at) {
    for (std::uint32_t direction = 0; direction < grid_.directions(); ++direction) {
      if (grid_.has_link(at, direction)) {
        result.join(result.port[at][0], result.port[grid_.neighbour(at, direction)][0],
                    base() + at * grid_.directions() + direction);
      }
    }
  }
  return result;
}

FullMeshFabric::FullMeshFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base)
    : Fabric(base), spec_(spec), hosts_(hosts) {}

int FullMeshFabric::route(Port from, Port to, std::uint64_t, double share, Route& route) const {
  if (from.host == to.host) {
    return 0;
  }
  route.uses.push_back({base() + link(from.host, to.host), share});
  return 1;
}

double FullMeshFabric::capacity(ResourceId local) const {
  if (spec_.link_bytes_per_s > 0) {
    return spec_.link_bytes_per_s * spec_.efficiency;
  }
  const std::uint32_t others = hosts_.count() - 1;
  const std::uint32_t from = local / others;
  const std::uint32_t to = local % others < from ? local % others : local % others + 1;
  return std::min(hosts_.rate(from), hosts_.rate(to)) / others;
}

std::string FullMeshFabric::resource_name(ResourceId local) const {
  const std::uint32_t from = local / (hosts_.count() - 1);
  const std::uint32_t to = local % (hosts_.count() - 1);
  return fmt::format("mesh-{}/to-{}", from, to < from ? to : to + 1);
}

FabricGraph FullMeshFabric::graph() const {
  FabricGraph result = graph_of_hosts(hosts_);
  for (std::uint32_t from = 0; from < hosts_.count(); ++from) {
    for (std::uint32_t to = 0; to < hosts_.count(); ++to) {
      if (from != to) {
        result.join(result.port[from][0], result.port[to][0], base() + link(from, to));
      }
    }
  }
  return result;
}

FabricGraph SingleSwitchFabric::graph() const {
  FabricGraph result;
  const auto hub = boost::add_vertex(result.graph);
  for (std::uint32_t host = 0; host < hosts_.count(); ++host) {
    auto& ports = result.port.emplace_back();
    for (int rail = 0; rail < hosts_.ports(host); ++rail) {
      ports.push_back(boost::add_vertex(result.graph));
      result.join_both(ports.back(), hub, port_edge, port_edge);
    }
  }
  return result;
}

} // namespace iccsim::platform
