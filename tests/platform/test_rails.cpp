#include "platform/rails.hpp"

#include "platform/specs.hpp"

#include <catch2/catch.hpp>

using iccsim::platform::compute_nics;
using iccsim::platform::nics_of_cards;
using iccsim::scenario::NodeSpec;
using iccsim::scenario::PcieSwitchSpec;
using Lists = std::vector<std::vector<int>>;

namespace {

NodeSpec bare(int cards, std::size_t nics, int sockets = 2) {
  NodeSpec node;
  node.cards = cards;
  node.nics.assign(nics, {25e9, 0, false});
  node.host.sockets = sockets;
  return node;
}

PcieSwitchSpec below(std::vector<int> cards, std::vector<int> nics, int socket) {
  PcieSwitchSpec pcie;
  pcie.cards = std::move(cards);
  pcie.nics = std::move(nics);
  pcie.socket = socket;
  return pcie;
}

} // namespace

TEST_CASE("cards and NICs of a switch pair up in order") {
  CHECK(nics_of_cards(specs::dgx(8, 8)) == Lists{{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}});
  CHECK(nics_of_cards(specs::dgx(8, 4)) == Lists{{0}, {0}, {1}, {1}, {2}, {2}, {3}, {3}});
  NodeSpec crossed = bare(4, 4);
  crossed.pcie = {below({2, 3}, {1, 0}, 0), below({0, 1}, {2, 3}, 1)};
  CHECK(nics_of_cards(crossed) == Lists{{2}, {3}, {1}, {0}});
}

TEST_CASE("more NICs than cards are split among them") {
  CHECK(nics_of_cards(specs::dgx(4, 8)) == Lists{{0, 1}, {2, 3}, {4, 5}, {6, 7}});
  NodeSpec uneven = bare(2, 3);
  uneven.pcie = {below({0, 1}, {0, 1, 2}, 0)};
  CHECK(nics_of_cards(uneven) == Lists{{0, 1}, {2}});
}

TEST_CASE("eight PCIe cards share the one NIC of the node") {
  NodeSpec fire_flyer = bare(8, 1);
  for (int root_port = 0; root_port < 4; ++root_port) {
    fire_flyer.pcie.push_back(below({2 * root_port, 2 * root_port + 1}, {}, root_port / 2));
  }
  fire_flyer.pcie.push_back(below({}, {0}, 0));
  CHECK(nics_of_cards(fire_flyer) == Lists(8, {0}));
}

TEST_CASE("cards without a NIC beside them share free ones of their socket") {
  NodeSpec node = bare(4, 2);
  node.pcie = {below({0, 1}, {}, 0), below({2, 3}, {}, 1), below({}, {0}, 1), below({}, {1}, 0)};
  CHECK(nics_of_cards(node) == Lists{{1}, {1}, {0}, {0}});
}

TEST_CASE("cards without a NIC beside them share those of their socket when none is free") {
  NodeSpec node = bare(8, 2);
  node.pcie = {below({0, 1}, {0}, 0), below({2, 3}, {}, 0), below({4, 5}, {1}, 1), below({6, 7}, {}, 1)};
  CHECK(nics_of_cards(node) == Lists{{0}, {0}, {0}, {0}, {1}, {1}, {1}, {1}});
}

TEST_CASE("without a PCIe tree cards and NICs pair up in order, socket by socket") {
  CHECK(nics_of_cards(bare(4, 4)) == Lists{{0}, {1}, {2}, {3}});
  CHECK(nics_of_cards(bare(8, 2)) == Lists{{0}, {0}, {0}, {0}, {1}, {1}, {1}, {1}});
  CHECK(nics_of_cards(bare(4, 0)) == Lists(4));
}

TEST_CASE("storage NICs serve no card") {
  NodeSpec node = specs::dgx(8, 8);
  node.nics[0].storage = true;
  node.nics.push_back({25e9, 0, true});
  CHECK(compute_nics(node) == std::vector<int>{1, 2, 3, 4, 5, 6, 7});
  CHECK(nics_of_cards(node)[0] == std::vector<int>{1});
}
