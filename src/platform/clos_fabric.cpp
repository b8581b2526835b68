#include "platform/clos_fabric.hpp"

#include "platform/mix_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace iccsim::platform {
namespace {

LeafMap make_map(const scenario::FabricSpec& spec, const FabricHosts& hosts) {
  return spec.kind == scenario::FabricKind::rail_optimized ? LeafMap::by_rail(hosts, spec.leaf_ports)
                                                           : LeafMap::by_host(hosts, spec.leaf_ports);
}

/// The links of a trunk: one that stands for all with ECMP, those that there are with hashing.
std::uint32_t trunk_links(double bytes_per_s, double link_rate, bool hashed) {
  if (bytes_per_s == 0) {
    return 0;
  }
  constexpr double most = 1 << 20; // no switch has so many: a link bandwidth in the wrong unit
  const double links = hashed ? std::max(1.0, std::round(bytes_per_s / link_rate)) : 1.0;
  if (links > most) {
    throw std::invalid_argument(
        fmt::format("fabric.link_bandwidth of {} bytes/s would take {:.0f} uplinks a switch for {} bytes/s", link_rate,
                    links, bytes_per_s));
  }
  return static_cast<std::uint32_t>(links);
}

} // namespace

ClosFabric::ClosFabric(const scenario::FabricSpec& spec, const FabricHosts& hosts, ResourceId base)
    : Fabric(base), spec_(spec), map_(make_map(spec, hosts)), hashed_(spec.paths == scenario::PathSelection::hash),
      leaves_per_pod_(map_.leaves()), hosts_(hosts) {
  if (spec.tiers == 3) {
    const auto groups = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(spec.spine_ports) / map_.rails());
    leaves_per_pod_ = groups * map_.rails();
  }
  const double link_rate = spec.link_bytes_per_s > 0 ? spec.link_bytes_per_s * spec.efficiency : hosts.fastest_port();
  const auto rates = leaf_rates();
  add_leaf_trunks(rates, link_rate);
  add_pod_trunks(rates, link_rate);
}

/// What the ports of each leaf carry together.
std::vector<double> ClosFabric::leaf_rates() const {
  std::vector<double> rate(map_.leaves(), 0.0);
  std::uint32_t host = 0;
  for (const auto& run : hosts_.runs()) {
    for (std::uint32_t i = 0; i < run.count; ++i, ++host) {
      for (std::size_t rail = 0; rail < run.port_bytes_per_s.size(); ++rail) {
        rate[map_.leaf({host, static_cast<int>(rail)})] += run.port_bytes_per_s[rail];
      }
    }
  }
  return rate;
}

void ClosFabric::add_leaf_trunks(const std::vector<double>& rate, double link_rate) {
  for (double ports : rate) {
    const double uplinks = ports / spec_.oversubscription;
    if (rate.size() > 1) {
      const std::uint32_t links = trunk_links(uplinks, link_rate, hashed_);
      leaves_.add(uplinks, links);
      spines_ = std::max(spines_, links);
    }
  }
}

void ClosFabric::add_pod_trunks(const std::vector<double>& leaf_rate, double link_rate) {
  pods_ = TrunkTable(leaves_.end());
  if (leaves_per_pod_ >= leaf_rate.size()) {
    return;
  }
  for (std::size_t first = 0; first < leaf_rate.size(); first += leaves_per_pod_) {
    const std::size_t last = std::min<std::size_t>(first + leaves_per_pod_, leaf_rate.size());
    double uplinks = 0;
    for (std::size_t leaf = first; leaf < last; ++leaf) {
      uplinks += leaf_rate[leaf] / spec_.oversubscription / spec_.core_oversubscription;
    }
    pods_.add(uplinks, trunk_links(uplinks, link_rate, hashed_));
  }
}

/// Core link k of a pod leaves from spine k mod spines.
std::uint32_t ClosFabric::links_to_core(std::uint32_t pod, std::uint32_t spine) const {
  return (pods_.links(pod) - spine + spines_ - 1) / spines_;
}

int ClosFabric::route(Port from, Port to, std::uint64_t flow, double share, Route& route) const {
  const std::uint32_t a = map_.leaf(from);
  const std::uint32_t b = map_.leaf(to);
  if (a == b) {
    return 1;
  }
  const std::uint32_t pod_a = pod_of(a);
  const std::uint32_t pod_b = pod_of(b);
  if (hashed_) {
    // The ends take part, as addresses do in a switch: flows of different pairs differ even with equal numbers.
    const std::uint64_t ends = mix_hash((static_cast<std::uint64_t>(from.host) << 32) | to.host) +
                               static_cast<std::uint64_t>(from.rail) * 64 + static_cast<std::uint64_t>(to.rail);
    const std::uint64_t hash = mix_hash(mix_hash(flow ^ mix_hash(spec_.hash_seed)) ^ ends);
    const auto spine = static_cast<std::uint32_t>(hash % common_spines(a, b));
    const auto core = static_cast<std::uint32_t>(mix_hash(hash) % common_cores(a, b, spine));
    append_path(a, b, spine, core, share, route);
  } else {
    route.uses.push_back({base() + leaves_.up(a, 0), share});
    if (pod_a != pod_b) {
      route.uses.push_back({base() + pods_.up(pod_a, 0), share});
      route.uses.push_back({base() + pods_.down(pod_b, 0), share});
    }
    route.uses.push_back({base() + leaves_.down(b, 0), share});
  }
  return pod_a == pod_b ? 3 : 5;
}

/// Spines that join both leaves (or pods).
std::uint32_t ClosFabric::common_spines(std::uint32_t leaf_a, std::uint32_t leaf_b) const {
  const std::uint32_t common = std::min(leaves_.links(leaf_a), leaves_.links(leaf_b));
  const std::uint32_t pod_a = pod_of(leaf_a);
  const std::uint32_t pod_b = pod_of(leaf_b);
  return pod_a == pod_b ? common : std::min({common, pods_.links(pod_a), pods_.links(pod_b)});
}

std::uint32_t ClosFabric::common_cores(std::uint32_t leaf_a, std::uint32_t leaf_b, std::uint32_t spine) const {
  const std::uint32_t pod_a = pod_of(leaf_a);
  const std::uint32_t pod_b = pod_of(leaf_b);
  return pod_a == pod_b ? 1 : std::min(links_to_core(pod_a, spine), links_to_core(pod_b, spine));
}

/// Through spine `spine` and, between pods, the `core`-th of its core switches.
void ClosFabric::append_path(std::uint32_t leaf_a, std::uint32_t leaf_b, std::uint32_t spine, std::uint32_t core,
                             double share, Route& route) const {
  const std::uint32_t pod_a = pod_of(leaf_a);
  const std::uint32_t pod_b = pod_of(leaf_b);
  route.uses.push_back({base() + leaves_.up(leaf_a, spine), share});
  if (pod_a != pod_b) {
    const std::uint32_t link = spine + spines_ * core;
    route.uses.push_back({base() + pods_.up(pod_a, link), share});
    route.uses.push_back({base() + pods_.down(pod_b, link), share});
  }
  route.uses.push_back({base() + leaves_.down(leaf_b, spine), share});
}

int ClosFabric::spread(Port from, Port to, double share, Route& route) const {
  if (!hashed_) {
    return this->route(from, to, 0, share, route);
  }
  const std::uint32_t a = map_.leaf(from);
  const std::uint32_t b = map_.leaf(to);
  if (a == b) {
    return 1;
  }
  const std::uint32_t spines = common_spines(a, b);
  for (std::uint32_t spine = 0; spine < spines; ++spine) {
    const std::uint32_t cores = common_cores(a, b, spine);
    for (std::uint32_t core = 0; core < cores; ++core) {
      append_path(a, b, spine, core, share / spines / cores, route);
    }
  }
  return pod_of(a) == pod_of(b) ? 3 : 5;
}

double ClosFabric::capacity(ResourceId local) const {
  return leaves_.holds(local) ? leaves_.capacity(local) : pods_.capacity(local);
}

ResourceKind ClosFabric::kind(ResourceId local) const {
  if (leaves_.holds(local)) {
    return leaves_.place(local).up ? ResourceKind::leaf_up : ResourceKind::leaf_down;
  }
  return pods_.place(local).up ? ResourceKind::spine_up : ResourceKind::spine_down;
}

std::string ClosFabric::resource_name(ResourceId local) const {
  const bool leaf = leaves_.holds(local);
  const auto place = (leaf ? leaves_ : pods_).place(local);
  std::string name = leaf ? fmt::format("leaf-{}", place.trunk / map_.rails()) : fmt::format("pod-{}", place.trunk);
  if (leaf && map_.separates_rails()) {
    name += fmt::format("/rail{}", place.trunk % map_.rails());
  }
  name += place.up ? "/up" : "/down";
  return hashed_ ? name + std::to_string(place.link) : name;
}

FabricGraph ClosFabric::graph() const {
  FabricGraph result;
  std::vector<FabricGraph::Vertex> leaf(map_.leaves());
  for (auto& vertex : leaf) {
    vertex = boost::add_vertex(result.graph);
  }
  for (std::uint32_t host = 0; host < hosts_.count(); ++host) {
    auto& ports = result.port.emplace_back();
    for (int rail = 0; rail < hosts_.ports(host); ++rail) {
      ports.push_back(boost::add_vertex(result.graph));
      result.join_both(ports.back(), leaf[map_.leaf({host, rail})], port_edge, port_edge);
    }
  }
  const std::uint32_t pods = std::max(1U, pods_.size());
  const auto first_spine = boost::num_vertices(result.graph);
  for (std::uint32_t i = 0; i < pods * spines_; ++i) {
    boost::add_vertex(result.graph);
  }
  for (std::uint32_t l = 0; l < leaves_.size(); ++l) {
    for (std::uint32_t s = 0; s < leaves_.links(l); ++s) {
      result.join_both(leaf[l], first_spine + std::size_t{pod_of(l)} * spines_ + s, base() + leaves_.up(l, s),
                       base() + leaves_.down(l, s));
    }
  }
  const auto first_core = boost::num_vertices(result.graph); // core switch k takes link k of every pod
  for (std::uint32_t pod = 0; pod < pods_.size(); ++pod) {
    for (std::uint32_t k = 0; k < pods_.links(pod); ++k) {
      while (boost::num_vertices(result.graph) <= first_core + k) {
        boost::add_vertex(result.graph);
      }
      result.join_both(first_spine + std::size_t{pod} * spines_ + k % spines_, first_core + k,
                       base() + pods_.up(pod, k), base() + pods_.down(pod, k));
    }
  }
  return result;
}

} // namespace iccsim::platform
