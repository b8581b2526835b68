// What a window of steps says about their mean.
#include "engine/job/step_window.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

using namespace iccsim::engine;

TEST_CASE("the error of a mean is that of independent values, and more where they drift") {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(1.0, 0.1);
  double squares = 0;
  const int rounds = 400;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> values(200);
    for (double& value : values) {
      value = noise(random);
    }
    squares += std::pow(error_of_mean(values), 2);
  }
  CHECK(std::sqrt(squares / rounds) == Approx(0.1 / std::sqrt(200.0)).epsilon(0.1));

  std::vector<double> drifting(200);
  for (std::size_t i = 0; i < drifting.size(); ++i) {
    drifting[i] = 1 + 0.001 * static_cast<double>(i);
  }
  CHECK(error_of_mean(drifting) > 0.02);
}

TEST_CASE("a few equal steps are known, a few unequal ones are not") {
  CHECK(error_of_mean({1, 1, 1}) == 0);
  CHECK(std::isinf(error_of_mean({1, 1})));
  CHECK(std::isinf(error_of_mean({1, 1.1, 1, 1.1})));
}

TEST_CASE("a window holds whole steps only, and a pool sums windows") {
  StepWindow window;
  window.open(1);
  const auto ended = [&](double steps, double end_s) {
    StepTotals totals{steps, end_s, {{}}};
    totals.classes[0][iccsim::metrics::State::compute] = 0.75 * end_s;
    totals.classes[0][iccsim::metrics::State::bubble] = 0.25 * end_s;
    window.step_ended(totals, {{100 * steps}, {}, 0});
  };
  ended(10, 20); // settles
  ended(11, 22); // began before the window
  CHECK(window.empty());
  ended(12, 25);
  ended(13, 29);
  CHECK(window.mean_s() == Approx(3.5));
  StepPool pool;
  pool.add(window);
  pool.add(window);
  CHECK(pool.steps == 4);
  CHECK(pool.mean_s() == Approx(3.5));
  CHECK(pool.mean().classes[0][iccsim::metrics::State::compute] == Approx(0.75 * 3.5));
  CHECK(pool.usage.bytes[0] == Approx(400));
}
