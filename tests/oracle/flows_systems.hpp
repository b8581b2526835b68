// Small random clusters with collectives that meet on them.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

namespace flows_systems {

using namespace iccsim;
using Groups = std::vector<std::vector<platform::CardId>>;

struct Load {
  workload::CollectiveShape shape;
  double bytes = 0;
  double calls = 1;
  double start_s = 0;
  double lone_s = 0; ///< on an idle network
};

struct System {
  std::unique_ptr<platform::Cluster> cluster;
  std::vector<Load> loads;
};

class Draw {
public:
  explicit Draw(unsigned seed) : random_(seed) {}
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }
  bool one_in(int n) { return between(1, n) == 1; }
  template <class T> void shuffle(std::vector<T>& values) { std::shuffle(values.begin(), values.end(), random_); }

private:
  std::mt19937 random_;
};

inline scenario::NodeSpec random_node(Draw& draw) {
  using scenario::ScaleUpKind;
  scenario::NodeSpec node;
  node.name = "node";
  node.cards = 1 << draw.between(0, 2);
  if (node.cards > 1) {
    constexpr ScaleUpKind kinds[] = {ScaleUpKind::switched, ScaleUpKind::switched, ScaleUpKind::full_mesh,
                                     ScaleUpKind::none};
    node.scale_up.kind = kinds[draw.between(0, 3)];
    node.scale_up.bytes_per_s = 1e9 * draw.between(50, 400);
    node.scale_up.latency_s = 1e-6;
    node.scale_up.in_network_reduction = node.scale_up.kind == ScaleUpKind::switched && draw.one_in(4);
  }
  const int nics = draw.one_in(3) ? std::max(1, node.cards / 2) : node.cards * (draw.one_in(6) ? 2 : 1);
  node.nics.assign(static_cast<std::size_t>(nics), {1e9 * draw.between(10, 50), 2e-6, false});
  const int switches = draw.one_in(2) || nics < node.cards ? 1 : node.cards;
  for (int s = 0; s < switches; ++s) {
    scenario::PcieSwitchSpec pcie;
    for (int card = s * node.cards / switches; card < (s + 1) * node.cards / switches; ++card) {
      pcie.cards.push_back(card);
    }
    for (int nic = s * nics / switches; nic < (s + 1) * nics / switches; ++nic) {
      pcie.nics.push_back(nic);
    }
    pcie.slot_bytes_per_s = pcie.uplink_bytes_per_s = 1e9 * draw.between(30, 60);
    node.pcie.push_back(pcie);
  }
  node.host = {1, 64, 256e9, 400e9, 100e9};
  return node;
}

/// `kind` by turns, so that each is as frequent as the others.
inline scenario::PlatformSpec random_platform(Draw& draw, scenario::FabricKind kind) {
  scenario::PlatformSpec spec;
  const scenario::NodeSpec node = random_node(draw);
  const int nics = static_cast<int>(node.nics.size());
  int nodes = draw.between(2, 8);
  spec.fabric.kind = kind;
  spec.fabric.leaf_ports = nics * draw.between(1, 4);
  spec.fabric.oversubscription = draw.between(1, 3);
  spec.fabric.efficiency = draw.one_in(2) ? 1 : 0.93;
  spec.fabric.paths = draw.one_in(3) ? scenario::PathSelection::hash : scenario::PathSelection::ecmp;
  if (kind == scenario::FabricKind::torus) {
    spec.fabric.dimensions = {draw.between(2, 4), draw.between(1, 3)};
    nodes = spec.fabric.dimensions[0] * spec.fabric.dimensions[1];
  }
  if (kind == scenario::FabricKind::dragonfly) {
    spec.fabric.group_routers = draw.between(1, 3);
    spec.fabric.router_ports = nics * draw.between(1, 3);
    nodes = draw.between(4, 10);
  }
  spec.pools.push_back({"gpu", node, nodes});
  return spec;
}

/// Wires alone, or a library with its protocols and what they keep of the rates.
inline workload::CollectiveCosts random_costs(Draw& draw) {
  if (draw.one_in(2)) {
    return {};
  }
  scenario::KernelCalibration calibration;
  calibration.collective_launch_s = 5e-6;
  calibration.scale_up_efficiency = 0.82;
  calibration.scale_out_efficiency = 0.91;
  return workload::library_costs(calibration);
}

/// One to three groups of equal size, of cards drawn by lot or as they stand.
inline Groups random_groups(Draw& draw, std::uint32_t all_cards) {
  std::vector<platform::CardId> cards(all_cards);
  std::iota(cards.begin(), cards.end(), 0u);
  if (draw.one_in(2)) {
    draw.shuffle(cards);
  }
  const int size = draw.one_in(3) ? static_cast<int>(all_cards) : draw.between(2, static_cast<int>(all_cards));
  const int most = std::min(3, static_cast<int>(all_cards) / size);
  Groups groups(static_cast<std::size_t>(draw.between(1, most)));
  auto next = cards.begin();
  for (auto& group : groups) {
    group.assign(next, next + size);
    next += size;
  }
  return groups;
}

inline Load random_load(Draw& draw, const platform::Cluster& cluster, const workload::CollectiveCosts& costs) {
  using Operation = scenario::CollectiveOperation;
  constexpr Operation operations[] = {Operation::all_reduce,     Operation::all_reduce, Operation::all_gather,
                                      Operation::reduce_scatter, Operation::all_to_all, Operation::broadcast,
                                      Operation::send_recv};
  constexpr scenario::CollectiveAlgorithm algorithms[] = {
      scenario::CollectiveAlgorithm::automatic, scenario::CollectiveAlgorithm::automatic,
      scenario::CollectiveAlgorithm::ring, scenario::CollectiveAlgorithm::halving_doubling,
      scenario::CollectiveAlgorithm::hierarchical};
  Load load;
  load.bytes = std::round(1e6 * std::pow(10, draw.between(0.0, 3.0)));
  load.calls = draw.between(1, 3);
  load.start_s = draw.one_in(2) ? 0 : draw.between(0.0, 0.01);
  load.shape = workload::choose_collective(cluster, operations[draw.between(0, 6)], load.bytes,
                                           random_groups(draw, cluster.cards()), costs, algorithms[draw.between(0, 4)],
                                           workload::BundleDetail::flows);
  load.lone_s = load.calls * workload::lone_seconds(cluster, load.shape, load.bytes);
  return load;
}

inline System random_system(Draw& draw, scenario::FabricKind kind) {
  System system;
  system.cluster = std::make_unique<platform::Cluster>(random_platform(draw, kind));
  const auto costs = random_costs(draw);
  const int loads = draw.one_in(4) ? 1 : draw.between(2, 4);
  for (int i = 0; i < loads; ++i) {
    system.loads.push_back(random_load(draw, *system.cluster, costs));
  }
  return system;
}

/// The shape on resources that begin at `first`, so that many clusters lie side by side.
inline workload::CollectiveShape moved(workload::CollectiveShape shape, platform::ResourceId first) {
  for (auto& phase : shape.phases) {
    for (auto& bundle : phase.bundles) {
      std::vector<workload::ResourceFlows> resources;
      for (auto use : bundle.resources) {
        use.resource += first;
        resources.push_back(use);
      }
      bundle.resources = std::move(resources);
      auto each = std::make_shared<workload::FlowList>(*bundle.each);
      for (auto& use : each->uses) {
        use.resource += first;
      }
      bundle.each = std::move(each);
    }
  }
  return shape;
}

} // namespace flows_systems
