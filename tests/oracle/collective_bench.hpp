// Small clusters whose collectives have closed forms.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <numeric>
#include <vector>

namespace collective_bench {

using namespace iccsim;
using Groups = std::vector<std::vector<platform::CardId>>;
using Operation = scenario::CollectiveOperation;
using Algorithm = scenario::CollectiveAlgorithm;

constexpr double nic_bytes_per_s = 25e9;
constexpr double nic_latency_s = 2e-6;
constexpr double hop_latency_s = 600e-9;
constexpr double scale_up_bytes_per_s = 300e9;
constexpr double scale_up_latency_s = 1.5e-6;

/// Nodes of `cards` cards on a switch, a NIC a card, wide PCIe.
inline scenario::NodeSpec node(int cards, bool reduces = false) {
  scenario::NodeSpec spec;
  spec.name = "bench";
  spec.cards = cards;
  if (cards > 1) {
    spec.scale_up.kind = scenario::ScaleUpKind::switched;
    spec.scale_up.bytes_per_s = scale_up_bytes_per_s;
    spec.scale_up.latency_s = scale_up_latency_s;
    spec.scale_up.in_network_reduction = reduces;
  }
  spec.nics.assign(static_cast<std::size_t>(cards), scenario::NicSpec{nic_bytes_per_s, nic_latency_s, false});
  for (int card = 0; card < cards; ++card) {
    scenario::PcieSwitchSpec pcie;
    pcie.cards = {card};
    pcie.nics = {card};
    pcie.slot_bytes_per_s = 63e9;
    pcie.uplink_bytes_per_s = 63e9;
    spec.pcie.push_back(pcie);
  }
  spec.host.sockets = 1;
  spec.host.cores = 64;
  spec.host.memory_bytes_per_s = 400e9;
  return spec;
}

/// `count` such nodes, all on one switch a rail.
inline platform::Cluster cluster(int cards, int count, bool reduces = false, bool fabric_reduces = false) {
  scenario::PlatformSpec spec;
  spec.pools.push_back({"gpu", node(cards, reduces), count});
  spec.fabric.kind = cards > 1 ? scenario::FabricKind::rail_optimized : scenario::FabricKind::single_switch;
  spec.fabric.leaf_ports = 4096;
  spec.fabric.hop_latency_s = hop_latency_s;
  spec.fabric.in_network_reduction = fabric_reduces;
  return platform::Cluster(spec);
}

/// All cards in one group.
inline Groups everybody(const platform::Cluster& cluster) {
  Groups groups(1, std::vector<platform::CardId>(cluster.cards()));
  std::iota(groups[0].begin(), groups[0].end(), 0u);
  return groups;
}

/// One hop between two cards on the idle network.
inline double hop_s(const platform::Cluster& cluster, platform::CardId from, platform::CardId to) {
  platform::Route route;
  cluster.route(from, to, platform::Transport::fastest, 0, route);
  return route.latency_s;
}

inline double seconds(const platform::Cluster& cluster, Operation operation, Algorithm algorithm, double bytes,
                      const Groups& groups) {
  const workload::CollectiveCosts wires_alone;
  return workload::lone_seconds(cluster, workload::shape_collective(cluster, operation, algorithm, groups, wires_alone),
                                bytes);
}

/// Bytes that cross resources of one kind, over all phases.
inline double carried_bytes(const platform::Cluster& cluster, const workload::CollectiveShape& shape, double bytes,
                            platform::ResourceKind kind) {
  double sum = 0;
  for (const auto& phase : shape.phases)
    for (const auto& bundle : phase.bundles)
      for (const auto& use : bundle.resources)
        if (cluster.kind(use.resource) == kind)
          sum += use.flows * bundle.bytes_factor * bytes;
  return sum;
}

} // namespace collective_bench
