#include "platform/rails.hpp"

#include "platform/node_graph.hpp"

#include <algorithm>
#include <map>

namespace iccsim::platform {
namespace {

using Lists = std::vector<std::vector<int>>;

void pair_in_order(const std::vector<int>& cards, const std::vector<int>& nics, Lists& of_card) {
  const std::size_t slots = std::max(cards.size(), nics.size());
  for (std::size_t slot = 0; slot < slots; ++slot) {
    auto& mine = of_card[static_cast<std::size_t>(cards[slot * cards.size() / slots])];
    const int nic = nics[slot * nics.size() / slots];
    if (mine.empty() || mine.back() != nic) {
      mine.push_back(nic);
    }
  }
}

std::vector<int> on_socket(const std::vector<int>& nics, const std::vector<int>& sockets, int socket) {
  std::vector<int> found;
  std::copy_if(nics.begin(), nics.end(), std::back_inserter(found),
               [&](int nic) { return sockets[static_cast<std::size_t>(nic)] == socket; });
  return found;
}

/// Pairs what shares a PCIe switch and returns the NICs that no card sits beside.
std::vector<int> pair_below_switches(const scenario::NodeSpec& node, const std::vector<int>& wanted, Lists& of_card) {
  std::vector<int> free = wanted;
  for (const auto& pcie : node.pcie) {
    std::vector<int> here;
    std::copy_if(pcie.nics.begin(), pcie.nics.end(), std::back_inserter(here),
                 [&](int nic) { return std::find(wanted.begin(), wanted.end(), nic) != wanted.end(); });
    if (here.empty() || pcie.cards.empty()) {
      continue;
    }
    pair_in_order(pcie.cards, here, of_card);
    free.erase(std::remove_if(free.begin(), free.end(),
                              [&](int nic) { return std::find(here.begin(), here.end(), nic) != here.end(); }),
               free.end());
  }
  return free;
}

/// Pairs cards with the nearest of these NICs.
Lists nearest(const scenario::NodeSpec& node, const std::vector<int>& wanted) {
  Lists of_card(static_cast<std::size_t>(node.cards));
  if (wanted.empty()) {
    return of_card;
  }
  const auto free = pair_below_switches(node, wanted, of_card);
  const auto card_socket = card_sockets(node);
  const auto nic_socket = nic_sockets(node);
  std::map<std::vector<int>, std::vector<int>> sharing; // NICs -> the cards that share them
  for (int card = 0; card < node.cards; ++card) {
    const auto place = static_cast<std::size_t>(card);
    if (!of_card[place].empty()) {
      continue;
    }
    auto nics = on_socket(free, nic_socket, card_socket[place]);
    if (nics.empty()) {
      nics = free;
    }
    if (nics.empty()) {
      nics = on_socket(wanted, nic_socket, card_socket[place]);
    }
    sharing[nics.empty() ? wanted : nics].push_back(card);
  }
  for (const auto& [nics, cards] : sharing) {
    pair_in_order(cards, nics, of_card);
  }
  return of_card;
}

std::vector<int> nics_of_use(const scenario::NodeSpec& node, bool storage) {
  std::vector<int> found;
  for (std::size_t nic = 0; nic < node.nics.size(); ++nic) {
    if (node.nics[nic].storage == storage) {
      found.push_back(static_cast<int>(nic));
    }
  }
  return found;
}

} // namespace

std::vector<int> compute_nics(const scenario::NodeSpec& node) {
  return nics_of_use(node, false);
}
std::vector<int> storage_nics(const scenario::NodeSpec& node) {
  return nics_of_use(node, true);
}

std::vector<std::vector<int>> nics_of_cards(const scenario::NodeSpec& node) {
  return nearest(node, compute_nics(node));
}
std::vector<std::vector<int>> storage_nics_of_cards(const scenario::NodeSpec& node) {
  return nearest(node, storage_nics(node));
}

} // namespace iccsim::platform
