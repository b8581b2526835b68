#include "cli/bench_growth.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

using namespace iccsim::cli;

namespace {

/// The time of 1,024 cards, doubled seven times, each time by `factor` more.
std::vector<ScalePoint> curve(double first_s, double factor) {
  std::vector<ScalePoint> points;
  for (int cards = 1024; cards <= 131072; cards *= 2, first_s *= factor) {
    points.push_back({cards, first_s});
  }
  return points;
}

} // namespace

TEST_CASE("growth is the mean factor of the last three doublings, and the worst of one") {
  auto points = curve(1, 1.5);
  points.back().cpu_s *= 1.2;
  const auto growth = growth_of(points);
  REQUIRE(growth);
  CHECK(growth->from_cards == 16384);
  CHECK(growth->to_cards == 131072);
  CHECK(growth->per_doubling == Approx(1.5 * std::cbrt(1.2)));
  CHECK(growth->worst == Approx(1.8));
  CHECK(growth->met());
}

TEST_CASE("time that grows as the cards or faster misses the target") {
  CHECK(growth_of(curve(1, 1.9))->met());
  CHECK_FALSE(growth_of(curve(1, 2.001))->met());
  CHECK_FALSE(growth_of(curve(0.01, 4))->met());
  auto jump = curve(1, 1.1); // the mean of the last three is less than 2
  jump.back().cpu_s *= 3;
  CHECK(growth_of(jump)->per_doubling < 2);
  CHECK_FALSE(growth_of(jump)->met());
}

TEST_CASE("a large start of the process hides no growth of what comes after it") {
  std::vector<ScalePoint> points;
  double work_s = 1e-4;
  for (int cards = 1024; cards <= 131072; cards *= 2, work_s *= 4) {
    points.push_back({cards, 0.05 + work_s});
  }
  CHECK_FALSE(growth_of(points)->met());
}

TEST_CASE("short runs say nothing, few points neither") {
  const auto growth = growth_of(curve(1e-5, 3));
  REQUIRE(growth);
  CHECK_FALSE(growth->judged());
  CHECK(growth->met());
  CHECK(growth->worst == 0);
  CHECK_FALSE(growth_of({{1024, 1}, {2048, 9}, {4096, 81}}));
  CHECK_FALSE(growth_of(std::vector<ScalePoint>{}));
}

TEST_CASE("noise of 20% misses no target of a curve that grows by 1.7 a doubling") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> noise(0.8, 1.2);
  for (int i = 0; i < 1000; ++i) {
    auto points = curve(0.05, 1.7);
    for (auto& point : points) {
      point.cpu_s *= noise(random);
    }
    REQUIRE(growth_of(points)->met());
  }
}
