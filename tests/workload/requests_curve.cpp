// Rates over time against their integrals.
#include "requests_kit.hpp"

#include "workload/requests/rate_curve.hpp"

using namespace iccsim;
using namespace iccsim::requests_kit;
using workload::RateCurve;

namespace {

/// Trapezoids so fine that straight pieces are exact but for the ones that a corner cuts.
double integral(const RateCurve& curve, double until_s) {
  const int steps = 200000;
  double sum = 0;
  for (int i = 0; i < steps; ++i) {
    sum += curve.rate_per_s((i + 0.5) * until_s / steps) * until_s / steps;
  }
  return sum;
}

const std::vector<scenario::RatePoint> day = {{6, 1}, {9, 20}, {12, 15}, {12, 5}, {18, 25}, {22, 0}};

} // namespace

TEST_CASE("The arrivals that a curve expects are the integral of its rate") {
  for (const double period_s : {0.0, 24.0, 22.0}) {
    const RateCurve curve(day, period_s);
    for (const double until_s : {1.0, 7.5, 12.0, 17.0, 23.0, 40.0, 61.5}) {
      INFO("period " << period_s << " until " << until_s);
      CHECK(curve.arrivals_until(until_s) == Approx(integral(curve, until_s)).epsilon(1e-4));
    }
  }
}

TEST_CASE("The time of the n-th arrival inverts the integral") {
  for (const double period_s : {0.0, 24.0}) {
    const RateCurve curve(day, period_s);
    const double all = period_s > 0 ? 1000 : curve.arrivals_until(30) - 1e-6;
    for (double arrivals = 0.01; arrivals < all; arrivals += 3.7) {
      const auto at_s = curve.time_of(arrivals);
      REQUIRE(at_s);
      CHECK(curve.arrivals_until(*at_s) == Approx(arrivals).epsilon(1e-9));
    }
  }
}

TEST_CASE("A curve that comes to nothing ends the arrivals, one that repeats goes on") {
  const RateCurve once(day, 0);
  CHECK_FALSE(once.time_of(once.arrivals_until(22) + 1));
  const RateCurve daily(day, 24);
  const double in_a_day = daily.arrivals_until(24);
  CHECK(*daily.time_of(3 * in_a_day + 10) == Approx(72 + *daily.time_of(10)));
}

TEST_CASE("Rates hold before the first point and after the last") {
  const RateCurve curve({{10, 2}, {20, 4}}, 0);
  CHECK(curve.rate_per_s(0) == 2);
  CHECK(curve.rate_per_s(15) == Approx(3));
  CHECK(curve.rate_per_s(100) == 4);
  CHECK(curve.arrivals_until(30) == Approx(20 + 30 + 40));
  CHECK(RateCurve(5).arrivals_until(7) == Approx(35));
}

TEST_CASE("Poisson arrivals follow the curve") {
  auto spec = poisson(0, 0);
  for (const auto& point : day) {
    spec.arrival.curve.push_back({point.at_s * 600, point.rate_per_s});
  }
  spec.arrival.period_s = 24 * 600;
  auto with = options();
  with.horizon_s = 48 * 600;
  const RateCurve curve(spec.arrival.curve, spec.arrival.period_s);
  std::vector<double> by_hour(48);
  for (const auto& request : play(spec, with)) {
    by_hour[static_cast<std::size_t>(request.arrival_s / 600)] += 1;
  }
  for (int hour = 0; hour < 48; ++hour) {
    const double expected = curve.arrivals_until((hour + 1) * 600.0) - curve.arrivals_until(hour * 600.0);
    INFO("hour " << hour);
    CHECK(by_hour[static_cast<std::size_t>(hour)] == Approx(expected).margin(4 * std::sqrt(expected) + 1));
  }
}

TEST_CASE("Curves that mean nothing are named") {
  CHECK(RateCurve::problem(day, 0).empty());
  CHECK(RateCurve::problem({{5, 1}, {4, 1}}, 0) == "its times go back: 4 s after 5 s");
  CHECK(RateCurve::problem({{0, -1}}, 0) == "a rate of -1 /s");
  CHECK(RateCurve::problem({{0, 0}, {9, 0}}, 0) == "no point has a rate above 0");
  CHECK(RateCurve::problem(day, 20) == "the period of 20 s ends before its last point at 22 s");
}
