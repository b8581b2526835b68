#include "platform/cluster_parts.hpp"
#include "platform/route_uses.hpp"

#include <algorithm>
#include <limits>

namespace iccsim::platform {
namespace {

/// First byte between two devices below one root complex. Neugebauer et al., "Understanding PCIe performance for end
/// host networking", SIGCOMM 2018: a median of 547 ns for a small DMA read on a Haswell server.
constexpr double pcie_latency_s = 547e-9;

} // namespace

bool Cluster::Parts::through_scale_up(const CardPlace& from, const CardPlace& to, std::uint64_t flow,
                                      Route& route) const {
  return from.pool == to.pool && scale_up[static_cast<std::size_t>(from.pool)].route(from, to, flow, route);
}

void Cluster::Parts::through_pcie(const CardPlace& from, const CardPlace& to, Route& route) const {
  append(route, from.base, type(from).pcie({DeviceKind::card, from.card}, {DeviceKind::card, to.card}));
  route.latency_s += pcie_latency_s;
}

/// As NCCL's PXN does: over scale-up to a card on the destination's rail, so that the flow stays below one leaf. Links
/// slower than that card's NIC would cost more than the spine does, and are left alone.
CardPlace Cluster::Parts::enter_destination_rail(const CardPlace& from, const CardPlace& to, std::uint64_t flow,
                                                 Route& route) const {
  const int rail = type(to).access(to.card).front().rail;
  if (type(from).access(from.card).front().rail == rail) {
    return from;
  }
  const int card = type(from).card_on_rail(rail, from.card);
  if (card < 0 || card == from.card) {
    return from;
  }
  const CardPlace entry = sibling(from, card);
  const double nic_rate = type(from).rail_nic(rail).bytes_per_s * spec.fabric.efficiency;
  if (through_scale_up(from, entry, flow, route) && slowest(route) >= nic_rate) {
    return entry;
  }
  route.uses.clear();
  route.latency_s = 0;
  return from;
}

double Cluster::Parts::slowest(const Route& route) const {
  double rate = std::numeric_limits<double>::infinity();
  for (const auto& use : route.uses) {
    rate = std::min(rate, capacity(use.resource) / use.share);
  }
  return rate;
}

void Cluster::Parts::through_fabric(const CardPlace& from, const CardPlace& to, std::uint64_t flow,
                                    Route& route) const {
  const auto& out = type(from).access(from.card);
  const auto& in = type(to).access(to.card);
  const std::size_t lanes = std::max(out.size(), in.size());
  const double share = 1.0 / static_cast<double>(lanes);
  int hops = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const RailAccess& source = out[lane * out.size() / lanes];
    const RailAccess& target = in[lane * in.size() / lanes];
    append(route, from.base, source.egress, share);
    hops = std::max(hops, fabric->route({from.node, source.rail}, {to.node, target.rail}, flow, share, route));
    append(route, to.base, target.ingress, share);
  }
  if (lanes > 1) {
    merge_repeated(route);
  }
  // A NIC's latency counts both ends, so two kinds of NIC give half each.
  route.latency_s +=
      (type(from).rail_nic(out.front().rail).latency_s + type(to).rail_nic(in.front().rail).latency_s) / 2;
  route.latency_s += hops * spec.fabric.hop_latency_s;
  route.scale_out = true;
}

void Cluster::route(CardId from, CardId to, Transport transport, std::uint64_t flow, Route& route) const {
  route.uses.clear();
  route.latency_s = 0;
  route.scale_out = false;
  if (from == to) {
    return;
  }
  const CardPlace a = parts_->place(from);
  const CardPlace b = parts_->place(to);
  if (transport == Transport::fastest || !parts_->fabric) {
    if (parts_->through_scale_up(a, b, flow, route)) {
      return;
    }
    if (a.node == b.node) {
      return parts_->through_pcie(a, b, route);
    }
  }
  const bool switch_rails = transport == Transport::fastest && parts_->fabric->separates_rails();
  const CardPlace entry = switch_rails ? parts_->enter_destination_rail(a, b, flow, route) : a;
  parts_->through_fabric(entry, b, flow, route);
}

void Cluster::local_route(NodeId node, Device from, Device to, Route& route) const {
  const Pool& pool = parts_->pool_of_node(node);
  route.uses.clear();
  append(route, pool.node_base(node - pool.first_node), pool.type->pcie(from, to));
  route.latency_s = pcie_latency_s;
}

} // namespace iccsim::platform
