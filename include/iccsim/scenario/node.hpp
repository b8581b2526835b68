// A server with its real inner graph.
#pragma once

#include "iccsim/enum_table.hpp"
#include "iccsim/scenario/chip.hpp"

#include <string>
#include <vector>

namespace iccsim::scenario {

/// How the cards of a scale-up domain are joined.
enum class ScaleUpKind { none, switched, full_mesh, links, torus };

/// One direct scale-up link between two cards of a node (kind `links`), each direction apart.
struct CardLinkSpec {
  int a = 0;
  int b = 0;
  double bytes_per_s = 0; ///< `bandwidth`, one direction
};

/// NVLink, HCCS, UB, Infinity Fabric, XPU Link, ...
struct ScaleUpSpec {
  ScaleUpKind kind = ScaleUpKind::none; ///< `type`
  double bytes_per_s = 0;               ///< `bandwidth`: per card, one direction, all links together
  double latency_s = 0;                 ///< `latency`: card to card
  double efficiency = 1.0;              ///< share of the link rate that payload gets in large messages
  int domain_nodes = 1;                 ///< nodes that one domain spans (NVL72: 18, CloudMatrix384: 48)
  bool in_network_reduction = false;    ///< the switch adds (NVLink SHARP)
  std::vector<CardLinkSpec> links;      ///< kind `links`
};

/// One PCIe switch (or a root port where there is no switch) and what hangs below it.
struct PcieSwitchSpec {
  std::vector<int> cards;
  std::vector<int> nics;
  std::vector<int> nvme;
  int socket = 0;
  double slot_bytes_per_s = 0;   ///< `slot`: each device's lanes, one direction
  double uplink_bytes_per_s = 0; ///< `uplink`: root port, one direction
};

struct NicSpec {
  double bytes_per_s = 0; ///< `bandwidth`, one direction
  double latency_s = 0;   ///< `latency`: send to first byte on the wire, both ends together
  bool storage = false;   ///< `use: storage`: not a rail of the compute fabric
};

struct HostSpec {
  int sockets = 2;
  int cores = 0;                      ///< in all sockets
  double memory_bytes = 0;            ///< `memory`
  double memory_bytes_per_s = 0;      ///< `memory_bandwidth`: all sockets together
  double socket_link_bytes_per_s = 0; ///< `socket_link`: between two sockets, one direction
};

struct NvmeSpec {
  double bytes = 0;             ///< `capacity`
  double read_bytes_per_s = 0;  ///< `read`
  double write_bytes_per_s = 0; ///< `write`
};

/// platforms/nodes/NAME.yaml.
struct NodeSpec {
  std::string name;
  std::string title;
  ChipSpec chip;
  int cards = 0;
  ScaleUpSpec scale_up;
  std::vector<PcieSwitchSpec> pcie;
  std::vector<NicSpec> nics; ///< in the file `nics: [{ count: 8, bandwidth: ... }, ...]`, expanded here
  HostSpec host;
  std::vector<NvmeSpec> nvme;
  double power_w = 0; ///< `power`: nameplate
  std::vector<std::string> sources;
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::ScaleUpKind> {
  using K = scenario::ScaleUpKind;
  static constexpr EnumRow<K> rows[] = {
      {K::none, "none", "cards talk through PCIe and NICs only"},
      {K::switched, "switch", "each card's bandwidth reaches every other card (NVSwitch)"},
      {K::full_mesh, "full_mesh", "a direct link between every two cards, bandwidth split evenly"},
      {K::links, "links", "the listed direct links (DGX-1 hybrid cube mesh)"},
      {K::torus, "torus", "the scale-up links are the fabric's torus (TPU)"},
  };
};
} // namespace iccsim
