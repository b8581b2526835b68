// Packing by leaf group, against hand-made cases and invariants on random requests.
#include "engine/job/card_pool.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <set>

using namespace iccsim;
using engine::CardPool;
using engine::NodeSlot;
using platform::CardId;

namespace {

/// `nodes` nodes of 8 cards, `per_group` to a leaf group.
std::vector<NodeSlot> rows(int nodes, int per_group, int pools = 1) {
  std::vector<NodeSlot> slots;
  for (int i = 0; i < nodes; ++i) {
    slots.push_back({static_cast<platform::NodeId>(i), static_cast<CardId>(8 * i),
                     static_cast<std::uint32_t>(i / per_group), i % pools, 8});
  }
  return slots;
}

std::set<std::uint32_t> groups_of(const std::vector<CardId>& cards, int per_group) {
  std::set<std::uint32_t> groups;
  for (const CardId card : cards) {
    groups.insert(card / 8 / static_cast<CardId>(per_group));
  }
  return groups;
}

} // namespace

TEST_CASE("a job that fits into one leaf group gets the tightest") {
  CardPool pool(rows(12, 4)); // three groups of 32 cards
  const auto big = pool.take(24, {});
  REQUIRE(big);
  CHECK(groups_of(*big, 4).size() == 1);
  const auto exact = pool.take(8, {}); // the rest of the first group, not a new one
  REQUIRE(exact);
  CHECK(groups_of(*exact, 4) == groups_of(*big, 4));
}

TEST_CASE("a job larger than a leaf group takes as few groups as there can be") {
  CardPool pool(rows(12, 4));
  REQUIRE(pool.take(16, {})); // half of one group
  const auto cards = pool.take(48, {});
  REQUIRE(cards);
  CHECK(groups_of(*cards, 4).size() == 2); // a whole group and a half
  CHECK(pool.taken() == 64);
}

TEST_CASE("small jobs share a node before they break another") {
  CardPool pool(rows(4, 4));
  const auto a = pool.take(2, {});
  const auto b = pool.take(8, {});
  const auto c = pool.take(4, {});
  REQUIRE((a && b && c));
  CHECK((*b)[7] - (*b)[0] == 7); // a whole node
  const auto d = pool.take(16, {});
  REQUIRE(d); // whole nodes were left
  CHECK(*d == std::vector<CardId>{16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31});
}

TEST_CASE("only the named pools are used, and what is not there is not given") {
  CardPool pool(rows(8, 4, 2)); // even nodes pool 0, odd nodes pool 1
  CHECK(pool.capacity({1}) == 32);
  CHECK(pool.capacity({}) == 64);
  const auto odd = pool.take(32, {1});
  REQUIRE(odd);
  for (const CardId card : *odd) {
    CHECK(card / 8 % 2 == 1);
  }
  CHECK_FALSE(pool.take(1, {1}));
  CHECK_FALSE(pool.take(33, {}));
  pool.give_back(*odd);
  CHECK(pool.taken() == 0);
  CHECK(pool.take(64, {}));
}

TEST_CASE("of racks that are one scale-up domain, whole blocks are taken") {
  std::vector<NodeSlot> slots;
  for (int i = 0; i < 72; ++i) { // four racks of 18 nodes of 4 cards
    slots.push_back({static_cast<platform::NodeId>(i), static_cast<CardId>(4 * i), 0, 0, 4, i / 18});
  }
  CardPool pool(slots);
  const auto cards = pool.take(256, {}, 32);
  REQUIRE(cards);
  for (std::size_t first = 0; first < cards->size(); first += 32) {
    CHECK((*cards)[first] / 72 == (*cards)[first + 31] / 72);
  }
  CHECK_FALSE(pool.take(33, {}, 32)); // 32 are left, in four places
  CHECK(pool.take(32, {}, 32));       // rather than wait
}

TEST_CASE("random jobs: no card twice, order by group and node, the fewest leaf groups") {
  std::mt19937 random(5);
  CardPool pool(rows(40, 5));
  std::vector<std::vector<CardId>> running;
  std::set<CardId> busy;
  for (int round = 0; round < 2000; ++round) {
    if (!running.empty() && random() % 2 == 0) {
      const std::size_t which = random() % running.size();
      pool.give_back(running[which]);
      for (const CardId card : running[which]) {
        busy.erase(card);
      }
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
      continue;
    }
    const int cards = 8 * static_cast<int>(1 + random() % 15);
    const auto free = 320 - busy.size();
    std::map<std::uint32_t, int> free_by_group;
    for (CardId card = 0; card < 320; ++card) {
      free_by_group[card / 40] += busy.count(card) == 0 ? 1 : 0;
    }
    const auto got = pool.take(cards, {});
    REQUIRE(got.has_value() == (static_cast<std::size_t>(cards) <= free));
    if (!got) {
      continue;
    }
    CHECK(got->size() == static_cast<std::size_t>(cards));
    CHECK(std::is_sorted(got->begin(), got->end())); // groups, nodes and cards are numbered in order here
    for (const CardId card : *got) {
      REQUIRE(busy.insert(card).second);
    }
    // Brute force: the largest groups first is the fewest that can do.
    std::vector<int> sizes;
    for (const auto& [group, size] : free_by_group) {
      sizes.push_back(size);
    }
    std::sort(sizes.rbegin(), sizes.rend());
    std::size_t fewest = 0;
    for (int rest = cards; rest > 0; ++fewest) {
      rest -= sizes[fewest];
    }
    CHECK(groups_of(*got, 5).size() == fewest);
    running.push_back(*got);
    CHECK(pool.taken() == static_cast<int>(busy.size()));
  }
}
