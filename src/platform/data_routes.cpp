// Routes of data: between storage, drives, host memory and cards.
#include "platform/cluster_parts.hpp"
#include "platform/route_uses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace iccsim::platform {
namespace {

/// As between cards of one node: see cluster_routes.
constexpr double pcie_latency_s = 547e-9;

Device device_of(const DataPlace& place, int card, int socket) {
  return place.end == DataEnd::card ? Device{DeviceKind::card, card} : Device{DeviceKind::host_memory, socket};
}

void append_resource(ResourceId resource, double share, Route& route) {
  if (resource != no_resource_id) {
    route.uses.push_back({resource, share});
  }
}

} // namespace

/// Between the memory that `place` names and a NIC of its node, the NIC's port with it.
void Cluster::Parts::to_nic(const DataPlace& place, int nic, bool outward, double share, Route& route) const {
  const CardPlace here = this->place(place.card);
  const NodeTemplate& node = type(here);
  const Device end = device_of(place, here.card, node.socket(here.card));
  const Device port{DeviceKind::nic, nic};
  append(route, here.base, outward ? node.pcie(end, port) : node.pcie(port, end), share);
  const LocalId wire = outward ? node.nic_port(nic).out : node.nic_port(nic).in;
  if (wire != no_resource) {
    route.uses.push_back({here.base + wire, share});
  }
}

void Cluster::Parts::servers(const DataPlace& client, int storage, bool to_servers, Route& route) const {
  const StorageIds& ids = storages.ids(storage);
  const CardPlace here = place(client.card);
  const StorageLink& link = storage_links[static_cast<std::size_t>(storage)];
  const auto& own = type(here).data_nics(here.card, true);
  const bool over_own = link.network == ServerNetwork::storage && !own.empty();
  const auto& nics = over_own ? own : type(here).data_nics(here.card, false);
  const bool joined = link.ways && over_own == (link.network == ServerNetwork::storage);
  int hops = 1;
  for (const auto& near : nics) {
    const double share = 1.0 / static_cast<double>(nics.size());
    to_nic(client, near.nic, to_servers, share, route);
    if (joined) {
      hops = std::max(hops, link.ways->append({here.node, near.rail}, to_servers, share, route));
    }
    route.latency_s = std::max(route.latency_s, type(here).spec().nics[static_cast<std::size_t>(near.nic)].latency_s);
  }
  append_resource(to_servers ? ids.nic_in : ids.nic_out, 1, route);
  append_resource(to_servers ? ids.write : ids.read, 1, route);
  if (ids.first_connections != no_resource_id) {
    append_resource(ids.first_connections + here.node, storages.connection_share(storage, to_servers), route);
  }
  const bool own_fabric = over_own && spec.storage_fabric;
  route.latency_s += hops * (own_fabric ? spec.storage_fabric->hop_latency_s : spec.fabric.hop_latency_s);
  route.latency_s += spec.storage[static_cast<std::size_t>(storage)].latency_s;
}

void Cluster::Parts::drives(const DataPlace& client, bool to_drives, Route& route) const {
  const CardPlace here = place(client.card);
  const NodeTemplate& node = type(here);
  const auto drives = node.spec().nvme.size();
  if (drives == 0) {
    throw std::invalid_argument(
        fmt::format("the nodes of pool {} have no nvme drives", pools[static_cast<std::size_t>(here.pool)].spec->name));
  }
  const Device end = device_of(client, here.card, node.socket(here.card));
  for (std::size_t i = 0; i < drives; ++i) {
    const Device drive{DeviceKind::nvme, static_cast<int>(i)};
    append(route, here.base, to_drives ? node.pcie(end, drive) : node.pcie(drive, end),
           1.0 / static_cast<double>(drives));
  }
  route.latency_s += pcie_latency_s;
}

/// Memory to memory inside a node; within one host memory bytes are read and written.
void Cluster::Parts::inside_node(const DataPlace& from, const DataPlace& to, Route& route) const {
  const CardPlace a = place(from.card);
  const CardPlace b = place(to.card);
  const NodeTemplate& node = type(a);
  const Device source = device_of(from, a.card, node.socket(a.card));
  const Device target = device_of(to, b.card, node.socket(b.card));
  if (source.kind == DeviceKind::host_memory && target.kind == source.kind && source.index == target.index) {
    if (node.memory(source.index) != no_resource) {
      route.uses.push_back({a.base + node.memory(source.index), 2});
    }
    return;
  }
  append(route, a.base, node.pcie(source, target));
  route.latency_s += pcie_latency_s;
}

/// Host memory of two nodes, over the compute fabric.
void Cluster::Parts::between_nodes(const DataPlace& from, const DataPlace& to, Route& route) const {
  const CardPlace a = place(from.card);
  const CardPlace b = place(to.card);
  const auto& out = type(a).data_nics(a.card, false);
  const auto& in = type(b).data_nics(b.card, false);
  const std::size_t lanes = std::max(out.size(), in.size());
  int hops = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const auto& source = out[lane * out.size() / lanes];
    const auto& target = in[lane * in.size() / lanes];
    const double share = 1.0 / static_cast<double>(lanes);
    to_nic(from, source.nic, true, share, route);
    hops = std::max(hops, fabric->spread({a.node, source.rail}, {b.node, target.rail}, share, route));
    to_nic(to, target.nic, false, share, route);
  }
  route.latency_s += type(a).spec().nics[static_cast<std::size_t>(out.front().nic)].latency_s;
  route.latency_s += hops * spec.fabric.hop_latency_s;
}

void Cluster::Parts::data_leg(const DataPlace& from, const DataPlace& to, Route& route) const {
  if (from.end == DataEnd::storage) {
    servers(to, from.storage, false, route);
  } else if (to.end == DataEnd::storage) {
    servers(from, to.storage, true, route);
  } else if (from.end == DataEnd::drives) {
    drives({to.end, from.card}, false, route);
  } else if (to.end == DataEnd::drives) {
    drives({from.end, to.card}, true, route);
  } else if (place(from.card).node == place(to.card).node) {
    inside_node(from, to, route);
  } else if (fabric) {
    between_nodes(from, to, route);
  } else { // one scale-up domain joins all cards
    inside_node(from, {DataEnd::card, from.card}, route);
    through_scale_up(place(from.card), place(to.card), 0, route);
    inside_node({DataEnd::card, to.card}, to, route);
  }
}

void Cluster::data_route(const DataPlace& from, const DataPlace& to, bool direct, Route& route) const {
  route.uses.clear();
  route.latency_s = 0;
  const auto outside = [](const DataPlace& place) {
    return place.end == DataEnd::storage || place.end == DataEnd::drives;
  };
  const bool staged = !direct && ((outside(from) && to.end == DataEnd::card) || //
                                  (outside(to) && from.end == DataEnd::card));
  if (staged) {
    const DataPlace between{DataEnd::host_memory, outside(from) ? to.card : from.card};
    parts_->data_leg(from, between, route);
    parts_->data_leg(between, to, route);
  } else {
    parts_->data_leg(from, to, route);
  }
  merge_repeated(route);
}

void Cluster::cores(CardId card, std::vector<ResourceUse>& uses) const {
  uses.clear();
  const CardPlace here = parts_->place(card);
  const auto& sockets = parts_->type(here).cores();
  for (const LocalId socket : sockets) {
    if (socket != no_resource) {
      uses.push_back({here.base + socket, 1.0 / static_cast<double>(sockets.size())});
    }
  }
}

ResourceId Cluster::metadata(int storage) const {
  return parts_->storages.ids(storage).metadata;
}

} // namespace iccsim::platform
