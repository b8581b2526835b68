#include "platform/grid.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <map>
#include <utility>

using iccsim::platform::Grid;

namespace {

int ring_distance(int a, int b, int size, bool wrap) {
  const int direct = std::abs(a - b);
  return wrap ? std::min(direct, size - direct) : direct;
}

} // namespace

TEST_CASE("walks are as long as the sum of distances along the dimensions") {
  const bool wrap = GENERATE(true, false);
  const int x = 4, y = 3, z = 5;
  const Grid grid({x, y, z}, wrap);
  REQUIRE(grid.positions() == 60);
  for (int from = 0; from < 60; ++from) {
    for (int to = 0; to < 60; ++to) {
      const int expected = ring_distance(from / 15, to / 15, x, wrap) +
                           ring_distance(from / 5 % 3, to / 5 % 3, y, wrap) + ring_distance(from % 5, to % 5, z, wrap);
      double length = 0;
      const int hops = grid.walk(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to), true, 0,
                                 [&](std::uint32_t, std::uint32_t, double share) { length += share; });
      REQUIRE(hops == expected);
      REQUIRE(length == Approx(expected));
    }
  }
}

TEST_CASE("uniform traffic loads every link of an even torus alike") {
  const Grid grid({4, 6}, true);
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> load;
  for (std::uint32_t from = 0; from < 24; ++from) {
    for (std::uint32_t to = 0; to < 24; ++to) {
      grid.walk(from, to, true, 0, [&](std::uint32_t at, std::uint32_t direction, double share) {
        load[{at, direction}] += share;
      });
    }
  }
  REQUIRE(load.size() == 24 * 4);
  // A ring of n even positions: each position sends n/4 on average over both directions, n times as often for the
  // other dimension's positions: 24 x 24 pairs x mean distance n/4 / (24 x 2 links).
  for (const auto& [link, sum] : load) {
    CHECK(sum == Approx(24.0 * (link.second < 2 ? 4 : 6) / 4 / 2));
  }
}

TEST_CASE("links join neighbours both ways, and edges of a mesh have none") {
  const Grid mesh({3, 2}, false);
  int links = 0;
  for (std::uint32_t at = 0; at < 6; ++at) {
    for (std::uint32_t direction = 0; direction < mesh.directions(); ++direction) {
      if (mesh.has_link(at, direction)) {
        ++links;
        CHECK(mesh.neighbour(mesh.neighbour(at, direction), direction ^ 1U) == at);
      }
    }
  }
  CHECK(links == 2 * (2 * 2 + 3 * 1)); // both directions of 2 columns x 2 links and 3 rows x 1
}
