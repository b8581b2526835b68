// One node type, built once: its resources and the routes between its devices. Nodes differ in their base id only.
#pragma once

#include "iccsim/scenario/platform_spec.hpp"
#include "platform/node_graph.hpp"
#include "platform/path_table.hpp"

#include <vector>

namespace iccsim::platform {

/// A card's way to one of its NICs: PCIe lanes and the NIC's port.
struct RailAccess {
  int rail = 0;
  Path egress;
  Path ingress;
};

class NodeTemplate {
public:
  /// `node` must outlive the template. `storage_efficiency`: of NICs with `use: storage`.
  NodeTemplate(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric, double storage_efficiency);
  NodeTemplate(const NodeTemplate&) = delete; // RailAccess points into the tables
  NodeTemplate& operator=(const NodeTemplate&) = delete;

  const scenario::NodeSpec& spec() const { return node_; }
  const LocalResources& resources() const { return built_.resources; }

  /// Lanes of a card towards the scale-up switch (kind `switched`).
  Directions card_lanes(int card) const { return built_.card_lanes[static_cast<std::size_t>(card)]; }
  /// The j-th link that a card owns (kinds `full_mesh` and `torus`).
  LocalId card_link(int card, std::uint32_t j) const {
    return built_.first_card_link + static_cast<LocalId>(card) * built_.links_per_card + j;
  }

  Path scale_up(int from, int to) const {
    return scale_up_.at(static_cast<std::size_t>(from), static_cast<std::size_t>(to));
  }
  Path pcie(Device from, Device to) const { return pcie_.paths.at(vertex(from), vertex(to)); }

  Directions nic_port(int nic) const { return built_.nic_ports[static_cast<std::size_t>(nic)]; }
  /// A NIC that serves a card, and its place among the NICs of its use.
  struct NearNic {
    int nic = 0;
    int rail = 0;
  };
  /// The card's NICs for data: those of the compute fabric, or those with `use: storage`.
  const std::vector<NearNic>& data_nics(int card, bool storage) const {
    return data_nics_[storage ? 1 : 0][static_cast<std::size_t>(card)];
  }
  int socket(int card) const { return sockets_[static_cast<std::size_t>(card)]; }
  LocalId memory(int socket) const { return built_.memories[static_cast<std::size_t>(socket)]; }
  const std::vector<LocalId>& cores() const { return built_.cores; }

  int rails() const { return static_cast<int>(nic_of_rail_.size()); }
  const scenario::NicSpec& rail_nic(int rail) const {
    return node_.nics[static_cast<std::size_t>(nic_of_rail_[static_cast<std::size_t>(rail)])];
  }
  /// The card's ways out, one for each NIC it uses; flows spread evenly over them.
  const std::vector<RailAccess>& access(int card) const { return access_[static_cast<std::size_t>(card)]; }
  /// A card whose own rail is `rail`; `seed` spreads over several of them. -1 when there is none.
  int card_on_rail(int rail, int seed) const;

private:
  std::size_t vertex(Device device) const;
  void find_rails();
  void find_data_nics();

  const scenario::NodeSpec& node_;
  BuiltNode built_;
  PathTable scale_up_; // card x card
  PlanePaths pcie_;    // over the ends of `built_.vertices`
  PathTable egress_;   // in the order of access_
  PathTable ingress_;
  std::vector<int> nic_of_rail_;
  std::vector<std::vector<RailAccess>> access_;
  std::vector<std::vector<int>> cards_of_rail_;
  std::vector<int> sockets_;                         // by card
  std::vector<std::vector<NearNic>> data_nics_[2]{}; // compute, storage; by card
};

} // namespace iccsim::platform
