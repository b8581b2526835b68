// What a window of steps says about their mean.
#include "engine/job/step_window.hpp"
#include "engine/job/beats.hpp"
#include "engine/job/window_history.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

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
  CHECK(pool.mean_s() == Approx(3.5));
  CHECK(pool.mean().classes[0][iccsim::metrics::State::compute] == Approx(0.75 * 3.5));
  CHECK(pool.usage.bytes[0] / pool.steps == Approx(100));
}

namespace {

/// A window of steps that took so long.
StepWindow window_of(const std::vector<double>& steps_s) {
  StepWindow window;
  window.open(0);
  double end_s = 0;
  window.step_ended({0, end_s, {{}}}, {});
  for (const double step_s : steps_s) {
    end_s += step_s;
    window.step_ended({0, end_s, {{}}}, {});
  }
  return window;
}

} // namespace

TEST_CASE("windows count alike in a pool, however many steps they had to see") {
  StepPool pool;
  pool.add(window_of({1, 1}));
  pool.add(window_of({3, 3, 3, 3, 3, 3, 3, 3}));
  CHECK(pool.mean_s() == Approx(2 / (1.0 + 1 / 3.0))); // half of the time at one rate, half at the other
}

TEST_CASE("halves of values are halves of the time") {
  CHECK(std::isinf(halves_differ_by({1})));
  CHECK(halves_differ_by({1, 1, 1, 1}) == 0);
  CHECK(halves_differ_by({1, 1, 1, 1, 1, 1, 3, 3}) == Approx(2.0 / 3));
  CHECK(halves_differ_by({1, 2, 1, 2, 1, 2, 1, 2}) == 0);
}

TEST_CASE("the halves of a history of windows agree when both have seen the same") {
  WindowHistory history;
  for (int window = 0; window < 15; ++window) {
    history.add(window_of({window % 2 == 0 ? 1.0 : 2.0}));
    CHECK(std::isinf(history.halves_differ_by())); // too few to tell
  }
  history.add(window_of({2}));
  CHECK(history.halves_differ_by() == Approx(0).margin(1e-12));
  for (int window = 0; window < 16; ++window) {
    history.add(window_of({2}));
  }
  CHECK(history.halves_differ_by() == Approx(1 / 3.0)); // 4/3 s a step, then 2
}

TEST_CASE("two jobs have shifted past one another after a beat") {
  // In 101 s one makes 101 steps, the other 100.
  CHECK(beat_s(1.0, 1.01) == Approx(101).epsilon(0.02));
  CHECK(beat_s(1.0, 2.02) == Approx(101).epsilon(0.02));
  CHECK(std::isinf(beat_s(1.0, 1.0)));
  CHECK(std::isinf(beat_s(1.0, 1.3)));
}

TEST_CASE("jobs drift when their steps differ by more than chance") {
  const auto known = [](std::size_t, std::size_t) { return 0.0; };
  CHECK(shortest_drift_s({1, 1.001}, 100, known) == Approx(1001).epsilon(0.01));
  CHECK(std::isinf(shortest_drift_s({1, 1}, 100, known)));
  CHECK(std::isinf(shortest_drift_s({1, 1.001}, 100, [](auto, auto) { return 0.0012; }))); // moved to and fro
  CHECK(std::isinf(shortest_drift_s({1, 1.001}, 2000, known)));                            // seen already
  CHECK(shortest_drift_s({1, 1.001, 1.004}, 100, known) == Approx(251).epsilon(0.01));
}

TEST_CASE("jobs slide when none keep their places, nor shift slowly") {
  CHECK(all_slide({1, 1.01}, 250));
  CHECK(all_slide({1, 1.3, 7}, 250)); // no simple multiples: other places with each step
  CHECK_FALSE(all_slide({1, 1}, 250));
  CHECK_FALSE(all_slide({1, 1.3, 2}, 250));
  CHECK_FALSE(all_slide({1, 1.0001}, 250));
  CHECK(longest_beat({1, 1.01, 1.02}, 250).s == Approx(103).epsilon(0.02));
  CHECK(longest_beat({1, 1.0001}, 250).s == 0);
}

TEST_CASE("jobs that wait for the same links are known against one another better than each by itself") {
  std::mt19937 random(9);
  std::normal_distribution<double> common(0, 0.05);
  std::vector<double> a_s;
  std::vector<double> b_s;
  double to_and_fro_s = 0.01;
  for (int step = 0; step < 40; ++step) {
    const double both_s = common(random);
    to_and_fro_s = -to_and_fro_s; // they keep their places, roughly
    a_s.push_back(1 + both_s + to_and_fro_s);
    b_s.push_back(1 + both_s + 0.002);
  }
  CHECK(error_of_mean(a_s) > 0.002); // would hide a drift of 0.2%
  CHECK(difference_error(a_s, b_s) < 0.001);
  CHECK(difference_error(a_s, a_s) == 0);
  CHECK(std::isinf(difference_error({1}, {1})));
}

TEST_CASE("steps of a beat that was not seen as a whole say less than those of a whole one") {
  constexpr double pi = 3.14159265358979323846;
  constexpr double beat_s = 40;
  for (const double span_s : {90.0, 100.0, 110.0}) {
    double worst = 0;
    for (double phase = 0; phase < 2 * pi; phase += 0.1) {
      std::vector<double> steps_s;
      for (int step = 0; step < span_s; ++step) {
        steps_s.push_back(1 + 0.1 * std::sin(2 * pi * step / beat_s + phase));
      }
      const double mean_s = std::accumulate(steps_s.begin(), steps_s.end(), 0.0) / span_s;
      worst = std::max(worst, std::abs(mean_s - 1));
      CHECK(uneven_error(steps_s, 2 * beat_s, beat_s) == 0);
    }
    std::vector<double> steps_s;
    for (int step = 0; step < span_s; ++step) {
      steps_s.push_back(1 + 0.1 * std::sin(2 * pi * step / beat_s));
    }
    CHECK(uneven_error(steps_s, span_s, beat_s) == Approx(worst).epsilon(0.15));
  }
}
