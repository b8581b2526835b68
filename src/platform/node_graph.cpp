#include "platform/node_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
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
  Builder(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric, double storage_efficiency,
          BuiltNode& built)
      : node_(node), fabric_(fabric), storage_efficiency_(storage_efficiency), built_(built) {
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
    add_scale_up_links(node_, fabric_, built_);
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
  void edge(NodeVertex from, NodeVertex to, LocalId id) {
    boost::add_edge(from, to, NodeEdge{Plane::pcie, id, 1}, built_.graph);
  }

  void add_nic_ports() {
    for (std::size_t nic = 0; nic < node_.nics.size(); ++nic) {
      const double efficiency = node_.nics[nic].storage ? storage_efficiency_ : fabric_.efficiency;
      const double rate = node_.nics[nic].bytes_per_s * efficiency;
      const LocalId out = resource(ResourceKind::nic_out, rate, fmt::format("nic{}/out", nic));
      built_.nic_ports.push_back({out, resource(ResourceKind::nic_in, rate, fmt::format("nic{}/in", nic))});
    }
  }

  void add_slot(NodeVertex device, NodeVertex above, double rate, const std::string& name) {
    edge(device, above, resource(ResourceKind::pcie_slot, rate, name + "/slot/out"));
    edge(above, device, resource(ResourceKind::pcie_slot, rate, name + "/slot/in"));
  }

  /// A drive's media is the edge between its slot and itself, so the drive needs a vertex for the slot side.
  void add_drive(int drive, NodeVertex above, double rate) {
    const auto& spec = node_.nvme[static_cast<std::size_t>(drive)];
    const std::string name = fmt::format("nvme{}", drive);
    const NodeVertex slot = boost::add_vertex(built_.graph);
    add_slot(slot, above, rate, name);
    const NodeVertex media = built_.vertices.drive(drive);
    edge(media, slot, resource(ResourceKind::nvme, spec.read_bytes_per_s, name + "/read"));
    edge(slot, media, resource(ResourceKind::nvme, spec.write_bytes_per_s, name + "/write"));
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
      edge(here, socket, resource(ResourceKind::pcie_uplink, uplink, fmt::format("pcie{}/up", i)));
      edge(socket, here, resource(ResourceKind::pcie_uplink, uplink, fmt::format("pcie{}/down", i)));
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
          edge(v.socket(from), v.socket(to),
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
      edge(v.memory(socket), v.socket(socket), memory);
      edge(v.socket(socket), v.memory(socket), memory);
      built_.memories.push_back(memory);
      built_.cores.push_back(resource(ResourceKind::cpu, static_cast<double>(node_.host.cores) / v.sockets,
                                      fmt::format("socket{}/cpu", socket)));
    }
  }

  const scenario::NodeSpec& node_;
  const scenario::FabricSpec& fabric_;
  double storage_efficiency_;
  BuiltNode& built_;
};

} // namespace

std::vector<int> card_sockets(const scenario::NodeSpec& node) {
  return spread_over_sockets(node, node.cards, &scenario::PcieSwitchSpec::cards);
}

std::vector<int> nic_sockets(const scenario::NodeSpec& node) {
  return spread_over_sockets(node, static_cast<int>(node.nics.size()), &scenario::PcieSwitchSpec::nics);
}

BuiltNode build_node_graph(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric,
                           double storage_efficiency) {
  BuiltNode built;
  Builder(node, fabric, storage_efficiency, built).build();
  return built;
}

} // namespace iccsim::platform
