// Which NICs serve which card.
#pragma once

#include "iccsim/scenario/node.hpp"

#include <vector>

namespace iccsim::platform {

/// The NICs of the compute fabric, in order: the k-th is rail k.
std::vector<int> compute_nics(const scenario::NodeSpec& node);

/// The NICs with `use: storage`, in order.
std::vector<int> storage_nics(const scenario::NodeSpec& node);

/// The compute NICs of each card. Cards and compute NICs below one PCIe switch pair up in order: fewer NICs are shared,
/// more are split among the cards. A card whose switch has no NIC shares those that no card sits beside, of its own
/// socket where there are any, else the NICs of its socket, else all. Every list is empty when the node has no compute
/// NIC.
std::vector<std::vector<int>> nics_of_cards(const scenario::NodeSpec& node);
/// The same among the storage NICs.
std::vector<std::vector<int>> storage_nics_of_cards(const scenario::NodeSpec& node);

} // namespace iccsim::platform
