#include "platform/node_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace iccsim::platform {
namespace {

/// Devices below no PCIe switch spread evenly, in order, over the sockets.
std::vector<int> spread_over_sockets(const scenario::NodeSpec& node, int devices,
                                     std::vector<int> scenario::PcieSwitchSpec::*below) {
  std::vector<int> socket(static_cast<std::size_t>(devices), -1);
  for (const auto& pcie : node.pcie) {
    for (int device : pcie.*below) {
      socket[static_cast<std::size_t>(device)] = pcie.socket;
    }
  }
  const auto free = std::count(socket.begin(), socket.end(), -1);
  long position = 0;
  for (int& where : socket) {
    if (where < 0) {
      where = static_cast<int>(position++ * std::max(1, node.host.sockets) / free);
    }
  }
  return socket;
}

class Builder {
public:
  Builder(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric, BuiltNode& built)
      : node_(node), fabric_(fabric), built_(built) {
    auto& v = built_.vertices;
    v.cards = node.cards;
    v.nics = static_cast<int>(node.nics.size());
    v.drives = static_cast<int>(node.nvme.size());
    v.sockets = std::max(1, node.host.sockets);
    v.switches = static_cast<int>(node.pcie.size());
    while (boost::num_vertices(built_.graph) < v.count()) {
      boost::add_vertex(built_.graph);
    }
  }

  void build() {
    add_scale_up();
    add_nic_ports();
    add_pcie_switches();
    add_devices_on_sockets();
    add_sockets();
    add_host_memory();
  }

private:
  LocalId resource(ResourceKind kind, double capacity, std::string name) {
    return built_.resources.add(kind, capacity, std::move(name));
  }
  void edge(NodeVertex from, NodeVertex to, Plane plane, LocalId id, double weight = 1) {
    boost::add_edge(from, to, NodeEdge{plane, id, weight}, built_.graph);
  }
  double lanes() const { return node_.scale_up.bytes_per_s * node_.scale_up.efficiency; }

  void add_scale_up() {
    switch (node_.scale_up.kind) {
    case scenario::ScaleUpKind::none:
      return;
    case scenario::ScaleUpKind::switched:
      return add_scale_up_switch();
    case scenario::ScaleUpKind::full_mesh:
      return add_full_mesh();
    case scenario::ScaleUpKind::links:
      return add_listed_links();
    case scenario::ScaleUpKind::torus:
      return add_torus_links();
    }
  }

  void add_scale_up_switch() {
    const auto& v = built_.vertices;
    for (int card = 0; card < node_.cards; ++card) {
      const LocalId out = resource(ResourceKind::scale_up_out, lanes(), fmt::format("card{}/scale_up/out", card));
      const LocalId in = resource(ResourceKind::scale_up_in, lanes(), fmt::format("card{}/scale_up/in", card));
      built_.card_lanes.push_back({out, in});
      edge(v.card(card), v.scale_up_switch(), Plane::scale_up, out);
      edge(v.scale_up_switch(), v.card(card), Plane::scale_up, in);
    }
  }

  /// Every card owns one link to each other card of its domain; peers count domain-wide, the card itself left out.
  void add_full_mesh() {
    const int domain_cards = node_.cards * node_.scale_up.domain_nodes;
    if (domain_cards < 2) {
      return;
    }
    built_.first_card_link = built_.resources.size();
    built_.links_per_card = static_cast<LocalId>(domain_cards - 1);
    for (int card = 0; card < node_.cards; ++card) {
      for (int peer = 0; peer < domain_cards - 1; ++peer) {
        const LocalId id = resource(ResourceKind::scale_up_link, lanes() / (domain_cards - 1),
                                    fmt::format("card{}/scale_up/peer{}", card, peer));
        const int other = peer < card ? peer : peer + 1;
        if (node_.scale_up.domain_nodes == 1) {
          edge(built_.vertices.card(card), built_.vertices.card(other), Plane::scale_up, id);
        }
      }
    }
  }

  /// Links listed twice between the same cards are one wider link.
  void add_listed_links() {
    std::map<std::pair<int, int>, double> rate;
    double fastest = 0;
    for (const auto& link : node_.scale_up.links) {
      rate[{link.a, link.b}] += link.bytes_per_s;
      rate[{link.b, link.a}] += link.bytes_per_s;
      fastest = std::max({fastest, rate[{link.a, link.b}]});
    }
    for (const auto& [ends, bytes_per_s] : rate) {
      const LocalId id = resource(ResourceKind::scale_up_link, bytes_per_s * node_.scale_up.efficiency,
                                  fmt::format("card{}/scale_up/card{}", ends.first, ends.second));
      edge(built_.vertices.card(ends.first), built_.vertices.card(ends.second), Plane::scale_up, id,
           1 + 1e-3 * fastest / bytes_per_s);
    }
  }

  /// A card's lanes are split over both directions of every dimension.
  void add_torus_links() {
    constexpr char axis[] = {'x', 'y', 'z'};
    const auto dimensions = fabric_.dimensions.size();
    built_.first_card_link = built_.resources.size();
    built_.links_per_card = static_cast<LocalId>(2 * dimensions);
    for (int card = 0; card < node_.cards; ++card) {
      for (std::size_t direction = 0; direction < 2 * dimensions; ++direction) {
        resource(ResourceKind::scale_up_link, lanes() / static_cast<double>(2 * dimensions),
                 fmt::format("card{}/torus/{}{}", card, axis[direction / 2], direction % 2 == 0 ? '+' : '-'));
      }
    }
  }

  void add_nic_ports() {
    for (std::size_t nic = 0; nic < node_.nics.size(); ++nic) {
      const double rate = node_.nics[nic].bytes_per_s * fabric_.efficiency;
      const LocalId out = resource(ResourceKind::nic_out, rate, fmt::format("nic{}/out", nic));
      built_.nic_ports.push_back({out, resource(ResourceKind::nic_in, rate, fmt::format("nic{}/in", nic))});
    }
  }

  void add_slot(NodeVertex device, NodeVertex above, double rate, const std::string& name) {
    edge(device, above, Plane::pcie, resource(ResourceKind::pcie_slot, rate, name + "/slot/out"));
    edge(above, device, Plane::pcie, resource(ResourceKind::pcie_slot, rate, name + "/slot/in"));
  }

  /// A drive's media is the edge between its slot and itself, so the drive needs a vertex for the slot side.
  void add_drive(int drive, NodeVertex above, double rate) {
    const auto& spec = node_.nvme[static_cast<std::size_t>(drive)];
    const std::string name = fmt::format("nvme{}", drive);
    const NodeVertex slot = boost::add_vertex(built_.graph);
    add_slot(slot, above, rate, name);
    const NodeVertex media = built_.vertices.drive(drive);
    edge(media, slot, Plane::pcie, resource(ResourceKind::nvme, spec.read_bytes_per_s, name + "/read"));
    edge(slot, media, Plane::pcie, resource(ResourceKind::nvme, spec.write_bytes_per_s, name + "/write"));
  }

  void add_pcie_switches() {
    const auto& v = built_.vertices;
    for (int i = 0; i < v.switches; ++i) {
      const auto& pcie = node_.pcie[static_cast<std::size_t>(i)];
      const NodeVertex here = v.pcie_switch(i);
      for (int card : pcie.cards) {
        add_slot(v.card(card), here, pcie.slot_bytes_per_s, fmt::format("card{}", card));
      }
      for (int nic : pcie.nics) {
        add_slot(v.nic(nic), here, pcie.slot_bytes_per_s, fmt::format("nic{}", nic));
      }
      for (int drive : pcie.nvme) {
        add_drive(drive, here, pcie.slot_bytes_per_s);
      }
      const double uplink = pcie.uplink_bytes_per_s;
      const NodeVertex socket = v.socket(pcie.socket);
      edge(here, socket, Plane::pcie, resource(ResourceKind::pcie_uplink, uplink, fmt::format("pcie{}/up", i)));
      edge(socket, here, Plane::pcie, resource(ResourceKind::pcie_uplink, uplink, fmt::format("pcie{}/down", i)));
    }
  }

  bool below_no_switch(NodeVertex device) const { return boost::out_degree(device, built_.graph) == 0; }

  void add_devices_on_sockets() {
    const auto& v = built_.vertices;
    const auto of_card = card_sockets(node_);
    const auto of_nic = nic_sockets(node_);
    const auto of_drive = spread_over_sockets(node_, v.drives, &scenario::PcieSwitchSpec::nvme);
    std::vector<bool> placed(static_cast<std::size_t>(v.cards), false);
    for (const auto& pcie : node_.pcie) {
      for (int card : pcie.cards) {
        placed[static_cast<std::size_t>(card)] = true;
      }
    }
    for (int card = 0; card < v.cards; ++card) {
      if (!placed[static_cast<std::size_t>(card)]) {
        add_slot(v.card(card), v.socket(of_card[static_cast<std::size_t>(card)]), 0, "");
      }
    }
    for (int nic = 0; nic < v.nics; ++nic) {
      if (below_no_switch(v.nic(nic))) {
        add_slot(v.nic(nic), v.socket(of_nic[static_cast<std::size_t>(nic)]), 0, "");
      }
    }
    for (int drive = 0; drive < v.drives; ++drive) {
      if (below_no_switch(v.drive(drive))) {
        add_drive(drive, v.socket(of_drive[static_cast<std::size_t>(drive)]), 0);
      }
    }
  }

  void add_sockets() {
    const auto& v = built_.vertices;
    for (int from = 0; from < v.sockets; ++from) {
      for (int to = 0; to < v.sockets; ++to) {
        if (from != to) {
          edge(v.socket(from), v.socket(to), Plane::pcie,
               resource(ResourceKind::socket_link, node_.host.socket_link_bytes_per_s,
                        fmt::format("socket{}/to_socket{}", from, to)));
        }
      }
    }
  }

  void add_host_memory() {
    const auto& v = built_.vertices;
    for (int socket = 0; socket < v.sockets; ++socket) {
      const LocalId memory = resource(ResourceKind::host_memory, node_.host.memory_bytes_per_s / v.sockets,
                                      fmt::format("socket{}/memory", socket));
      edge(v.memory(socket), v.socket(socket), Plane::pcie, memory);
      edge(v.socket(socket), v.memory(socket), Plane::pcie, memory);
      resource(ResourceKind::cpu, static_cast<double>(node_.host.cores) / v.sockets,
               fmt::format("socket{}/cpu", socket));
    }
  }

  const scenario::NodeSpec& node_;
  const scenario::FabricSpec& fabric_;
  BuiltNode& built_;
};

} // namespace

std::vector<int> card_sockets(const scenario::NodeSpec& node) {
  return spread_over_sockets(node, node.cards, &scenario::PcieSwitchSpec::cards);
}

std::vector<int> nic_sockets(const scenario::NodeSpec& node) {
  return spread_over_sockets(node, static_cast<int>(node.nics.size()), &scenario::PcieSwitchSpec::nics);
}

BuiltNode build_node_graph(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric) {
  BuiltNode built;
  Builder(node, fabric, built).build();
  return built;
}

} // namespace iccsim::platform
