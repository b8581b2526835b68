// Steps of jobs that pauses shift from position to position.
#include "engine/job/position_pool.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace iccsim::engine;

namespace {

constexpr std::size_t fewest = 25;

StepWindow window_of(const std::vector<double>& steps_s) {
  StepWindow window;
  window.open(0);
  StepTotals totals{0, 100, {{}}};
  window.step_ended(totals, {});
  for (const double step_s : steps_s) {
    ++totals.steps;
    totals.end_s += step_s;
    window.step_ended(totals, {});
  }
  return window;
}

StepWindow alike(double step_s) {
  return window_of({step_s, step_s, step_s});
}

} // namespace

TEST_CASE("each position has the same weight, however many windows saw it") {
  PositionPool pool;
  CHECK(pool.empty());
  pool.add(alike(1), fewest, true);
  pool.add(alike(1), fewest, false);
  pool.add(alike(1), fewest, false);
  pool.add(alike(1.5), fewest, true);
  CHECK(pool.positions() == 2);
  CHECK(pool.all().mean_s() == Approx(2 / (1 + 1 / 1.5))); // as much time at each
  CHECK(pool.here().mean_s() == Approx(1.5));
  CHECK(std::isinf(pool.error()));
}

TEST_CASE("positions that are alike are known after four, others by how far they differ") {
  PositionPool same;
  PositionPool other;
  for (int i = 0; i < 4; ++i) {
    CHECK((i == 0 || std::isinf(same.error())));
    same.add(alike(2), fewest, true);
    other.add(alike(2 + 0.1 * i), fewest, true);
  }
  CHECK(same.error() == Approx(0).margin(1e-9));
  const double deviation = std::sqrt((0.15 * 0.15 + 0.05 * 0.05) * 2 / 3);
  CHECK(other.error() == Approx(deviation / 2.15 / 2));
}

TEST_CASE("what is said of a position is closer to it than what was seen of it, or of all, alone") {
  // Positions differ by `apart`, and windows miss them by what the noise of their steps leaves.
  const double apart = GENERATE(0.001, 0.005, 0.02);
  constexpr double noise = 0.03;
  std::mt19937 random(7);
  std::normal_distribution<double> normal(0, 1);
  double miss_here = 0;
  double miss_seen = 0;
  double miss_all = 0;
  for (int round = 0; round < 100; ++round) {
    PositionPool pool;
    for (int position = 0; position < 30; ++position) {
      const double step_s = 1 + apart * normal(random);
      std::vector<double> steps_s(40);
      for (double& seen_s : steps_s) {
        seen_s = step_s + noise * normal(random);
      }
      pool.add(window_of(steps_s), fewest, true);
      if (position >= 10) {
        miss_here += std::pow(pool.here().mean_s() - step_s, 2);
        miss_seen += std::pow(pool.seen_here_s() - step_s, 2);
        miss_all += std::pow(pool.all().mean_s() - step_s, 2);
      }
    }
  }
  CHECK(miss_here < 1.05 * miss_seen);
  CHECK(miss_here < 2 * miss_all); // how far positions differ is not known well where they hardly do
  CHECK(miss_here < 0.95 * std::max(miss_seen, miss_all));
}
