#include "engine/job/card_groups.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace iccsim::engine {
namespace {

/// A PCIe switch of one node.
using SwitchId = std::pair<platform::NodeId, int>;

int switch_of(const scenario::NodeSpec& node, int card) {
  for (std::size_t i = 0; i < node.pcie.size(); ++i) {
    const auto& cards = node.pcie[i].cards;
    if (std::find(cards.begin(), cards.end(), card) != cards.end()) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

/// What is below a switch, beside cards, and how wide it is.
using Signature = std::tuple<std::size_t, std::size_t, std::size_t, double, double>;

Signature signature_of(const scenario::NodeSpec& node, int index) {
  if (index < 0) {
    return {};
  }
  const scenario::PcieSwitchSpec& pcie = node.pcie[static_cast<std::size_t>(index)];
  std::size_t storage_nics = 0;
  for (const int nic : pcie.nics) {
    storage_nics += node.nics[static_cast<std::size_t>(nic)].storage ? 1 : 0;
  }
  return {storage_nics, pcie.nics.size(), pcie.nvme.size(), pcie.slot_bytes_per_s, pcie.uplink_bytes_per_s};
}

} // namespace

std::vector<CardGroup> alike_cards(const platform::Cluster& cluster, const Placement& placement,
                                   const CardHealth& health) {
  std::map<platform::NodeId, int> in_node;
  std::map<SwitchId, int> below_switch;
  const auto switch_id = [&](platform::CardId card) {
    const platform::NodeId node = cluster.node_of(card);
    return SwitchId{node, switch_of(cluster.node_spec(node), cluster.local_index(card))};
  };
  for (const platform::CardId card : placement) {
    ++in_node[cluster.node_of(card)];
    ++below_switch[switch_id(card)];
  }
  using Key = std::tuple<int, int, int, Signature, double>;
  std::map<Key, std::size_t> index_of;
  std::vector<CardGroup> groups;
  for (const platform::CardId card : placement) {
    const SwitchId pcie = switch_id(card);
    const Key key{cluster.pool_of(pcie.first), in_node[pcie.first], below_switch[pcie],
                  signature_of(cluster.node_spec(pcie.first), pcie.second), health.slowdown(card)};
    const auto found = index_of.emplace(key, groups.size());
    if (found.second) {
      groups.push_back({{}, health.slowdown(card)});
    }
    groups[found.first->second].cards.push_back(card);
  }
  return groups;
}

} // namespace iccsim::engine
