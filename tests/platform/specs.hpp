// Small platforms for the tests of this room.
#pragma once

#include "iccsim/scenario/platform_spec.hpp"

#include <string>

namespace specs {

using namespace iccsim;

/// Eight cards on an NVSwitch, a NIC beside each card (two of each below a PCIe switch), as a DGX A100.
inline scenario::NodeSpec dgx(int cards = 8, int nics = 8) {
  scenario::NodeSpec node;
  node.name = "dgx";
  node.cards = cards;
  node.scale_up.kind = scenario::ScaleUpKind::switched;
  node.scale_up.bytes_per_s = 300e9;
  node.scale_up.latency_s = 1.5e-6;
  node.scale_up.efficiency = 0.8;
  node.nics.assign(static_cast<std::size_t>(nics), scenario::NicSpec{25e9, 2e-6, false});
  for (int s = 0; s < 4; ++s) {
    scenario::PcieSwitchSpec pcie;
    for (int card = s * cards / 4; card < (s + 1) * cards / 4; ++card) {
      pcie.cards.push_back(card);
    }
    for (int nic = s * nics / 4; nic < (s + 1) * nics / 4; ++nic) {
      pcie.nics.push_back(nic);
    }
    pcie.socket = s / 2;
    pcie.slot_bytes_per_s = 31.5e9;
    pcie.uplink_bytes_per_s = 31.5e9;
    node.pcie.push_back(pcie);
  }
  node.host.sockets = 2;
  node.host.cores = 128;
  node.host.memory_bytes_per_s = 380e9;
  node.host.socket_link_bytes_per_s = 100e9;
  return node;
}

/// One card, one NIC, nothing else: what fabrics are tested with.
inline scenario::NodeSpec lone_card(int nics = 1, double nic_bytes_per_s = 25e9) {
  scenario::NodeSpec node;
  node.name = "lone";
  node.cards = 1;
  node.nics.assign(static_cast<std::size_t>(nics), scenario::NicSpec{nic_bytes_per_s, 2e-6, false});
  return node;
}

inline scenario::PlatformSpec cluster(scenario::NodeSpec node, int count, scenario::FabricKind kind) {
  scenario::PlatformSpec spec;
  spec.pools.push_back({"gpu", std::move(node), count});
  spec.fabric.kind = kind;
  spec.fabric.leaf_ports = 32;
  return spec;
}

} // namespace specs
