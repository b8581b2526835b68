// What a result lists of the network: the busiest, those alike in one row.
#include "engine/simulation_usage.hpp"
#include "engine/simulation_fakes.hpp"

#include <catch2/catch.hpp>

using namespace iccsim;
using namespace iccsim::engine;

namespace {

ResourceUsage used(platform::ResourceId resource, double members, double bytes, double saturated_s) {
  return {resource, members, 1e9, bytes, bytes / 1e10, 1, saturated_s, {}};
}

std::vector<metrics::ResourceFigures> figures(std::vector<ResourceUsage> rows) {
  const platform::Cluster cluster(test::small_cluster(2));
  return usage_figures(std::move(rows), cluster);
}

} // namespace

TEST_CASE("resources that differ by rounding are one row, under the first of their names") {
  const platform::Cluster cluster(test::small_cluster(2));
  const auto rows = figures({used(7, 2, 4e9, 3 * (1 + 1e-15)), used(1, 4, 4e9 * (1 + 1e-8), 3), used(5, 1, 4e9, 3)});
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].name == cluster.resource_name(1));
  CHECK(rows[0].alike == 7);
}

TEST_CASE("resources that carried other bytes, or were full for another time, are rows of their own, busiest first") {
  const auto rows = figures({used(1, 1, 4e9, 2), used(2, 1, 4e9, 3), used(3, 1, 5e9, 3), used(4, 1, 5e9, 3.001)});
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].saturated_s == 3.001);
  CHECK(rows[1].bytes == 5e9);
  CHECK(rows[2].bytes == 4e9);
  CHECK(rows[3].saturated_s == 2);
}

TEST_CASE("limits have names of their own and are never taken together") {
  auto one = used(1, 1, 4e9, 2), other = used(2, 1, 4e9, 2);
  one.limit = "one";
  other.limit = "other";
  CHECK(figures({one, other, used(3, 1, 4e9, 2)}).size() == 3);
}

TEST_CASE("a list has 24 rows at most, and rows alike beyond them still count") {
  std::vector<ResourceUsage> rows;
  for (platform::ResourceId resource = 0; resource < 30; ++resource) {
    rows.push_back(used(resource, 1, 4e9, 1 + resource));
  }
  rows.push_back(used(31, 5, 4e9, 30));
  const auto listed = figures(rows);
  REQUIRE(listed.size() == 24);
  CHECK(listed[0].alike == 6);
  CHECK(listed[23].saturated_s == 7);
}
