#include "platform/node_template.hpp"

#include "platform/rails.hpp"

#include <algorithm>

namespace iccsim::platform {
namespace {

std::vector<LocalId> joined(Path path, LocalId before, LocalId after) {
  std::vector<LocalId> ids;
  if (before != no_resource) {
    ids.push_back(before);
  }
  ids.insert(ids.end(), path.begin(), path.end());
  if (after != no_resource) {
    ids.push_back(after);
  }
  return ids;
}

} // namespace

NodeTemplate::NodeTemplate(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric,
                           double storage_efficiency)
    : node_(node), built_(build_node_graph(node, fabric, storage_efficiency)),
      scale_up_(shortest_paths(built_.graph, Plane::scale_up, static_cast<NodeVertex>(node.cards)).paths),
      pcie_(shortest_paths(built_.graph, Plane::pcie, built_.vertices.ends())), egress_(1), ingress_(1),
      sockets_(card_sockets(node)) {
  find_rails();
  find_data_nics();
}

void NodeTemplate::find_data_nics() {
  for (const bool storage : {false, true}) {
    const auto numbered = storage ? storage_nics(node_) : nic_of_rail_;
    const auto nics = storage ? storage_nics_of_cards(node_) : nics_of_cards(node_);
    for (const auto& of_card : nics) {
      auto& near = data_nics_[storage ? 1 : 0].emplace_back();
      for (const int nic : of_card) {
        const auto place = std::find(numbered.begin(), numbered.end(), nic) - numbered.begin();
        near.push_back({nic, static_cast<int>(place)});
      }
    }
  }
}

void NodeTemplate::find_rails() {
  nic_of_rail_ = compute_nics(node_);
  cards_of_rail_.resize(nic_of_rail_.size());
  const auto nics = nics_of_cards(node_);
  for (int card = 0; card < node_.cards; ++card) {
    for (int nic : nics[static_cast<std::size_t>(card)]) {
      const auto port = built_.nic_ports[static_cast<std::size_t>(nic)];
      const Device here{DeviceKind::card, card};
      const Device there{DeviceKind::nic, nic};
      egress_.append(joined(pcie(here, there), no_resource, port.out));
      ingress_.append(joined(pcie(there, here), port.in, no_resource));
    }
  }
  std::size_t row = 0; // paths are taken only now that the tables no longer grow
  for (int card = 0; card < node_.cards; ++card) {
    auto& ways = access_.emplace_back();
    for (int nic : nics[static_cast<std::size_t>(card)]) {
      const auto rail = std::find(nic_of_rail_.begin(), nic_of_rail_.end(), nic) - nic_of_rail_.begin();
      ways.push_back({static_cast<int>(rail), egress_.at(row, 0), ingress_.at(row, 0)});
      cards_of_rail_[static_cast<std::size_t>(rail)].push_back(card);
      ++row;
    }
  }
}

int NodeTemplate::card_on_rail(int rail, int seed) const {
  if (rail >= rails() || cards_of_rail_[static_cast<std::size_t>(rail)].empty()) {
    return -1;
  }
  const auto& cards = cards_of_rail_[static_cast<std::size_t>(rail)];
  return cards[static_cast<std::size_t>(seed) % cards.size()];
}

std::size_t NodeTemplate::vertex(Device device) const {
  switch (device.kind) {
  case DeviceKind::card:
    return built_.vertices.card(device.index);
  case DeviceKind::nic:
    return built_.vertices.nic(device.index);
  case DeviceKind::nvme:
    return built_.vertices.drive(device.index);
  case DeviceKind::host_memory:
    break;
  }
  return built_.vertices.memory(device.index);
}

} // namespace iccsim::platform
