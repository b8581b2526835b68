// Arrival processes against their laws, with fixed seeds.
#include "requests_kit.hpp"

#include <boost/math/distributions/gamma.hpp>

using namespace iccsim;
using namespace iccsim::requests_kit;
using scenario::ArrivalProcess;

namespace {

constexpr double samples = 20000;

/// Largest distance between the empirical distribution and `law` (Kolmogorov and Smirnov).
template <typename Law> double distance(std::vector<double> values, const Law& law) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double at = law(values[i]);
    largest = std::max({largest, std::abs(at - double(i) / n), std::abs(at - double(i + 1) / n)});
  }
  return largest;
}

/// 1.95 / sqrt(n): a right sampler exceeds it once in a thousand (Smirnov's limit law).
const double critical_distance = 1.95 / std::sqrt(samples);

} // namespace

TEST_CASE("Poisson arrivals have exponential gaps with mean 1 / rate") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto found = gaps(play(poisson(8, samples), options(seed)));
    CHECK(moments(found).mean == Approx(1.0 / 8).epsilon(0.03));
    CHECK(moments(found).cv == Approx(1).epsilon(0.03));
    CHECK(distance(found, [](double gap_s) { return 1 - std::exp(-8 * gap_s); }) < critical_distance);
  }
}

TEST_CASE("Gamma arrivals keep the rate and have the coefficient of variation asked for") {
  for (const double cv : {0.25, 0.7, 1.0, 2.0, 4.0}) {
    auto spec = poisson(5, samples);
    spec.arrival.process = ArrivalProcess::gamma;
    spec.arrival.cv = cv;
    const auto found = gaps(play(spec));
    INFO("cv " << cv);
    // The mean of n gaps strays by cv / sqrt(n); four times that is 6e-5 likely.
    CHECK(moments(found).mean == Approx(0.2).epsilon(4 * cv / std::sqrt(samples)));
    CHECK(moments(found).cv == Approx(cv).epsilon(0.06));
    if (cv > 2) {
      continue; // many gaps are shorter than the last digit of the time
    }
    const boost::math::gamma_distribution<> law(1 / (cv * cv), 0.2 * cv * cv);
    CHECK(distance(found, [&](double gap_s) { return boost::math::cdf(law, gap_s); }) < critical_distance);
  }
}

TEST_CASE("Gaps of a Poisson process are not correlated") {
  const auto found = gaps(play(poisson(1, samples)));
  double sum = 0;
  for (std::size_t i = 1; i < found.size(); ++i) {
    sum += (found[i] - 1) * (found[i - 1] - 1);
  }
  CHECK(std::abs(sum / samples) < 4 / std::sqrt(samples));
}

TEST_CASE("Constant arrivals are equally far apart") {
  auto spec = poisson(4, 1000);
  spec.arrival.process = ArrivalProcess::constant;
  for (const double gap_s : gaps(play(spec))) {
    CHECK(gap_s == Approx(0.25).margin(1e-9));
  }
}

TEST_CASE("Requests end with their count or the horizon, whichever is first") {
  auto with = options();
  with.horizon_s = 50;
  const auto by_count = play(poisson(10, 20), with);
  CHECK(by_count.size() == 20);
  const auto by_horizon = play(poisson(10, 0), with);
  CHECK(by_horizon.back().arrival_s <= 50);
  CHECK(double(by_horizon.size()) == Approx(500).margin(4 * std::sqrt(500)));
  CHECK(source(poisson(10, 20))->expected_count() == 20);
}

TEST_CASE("The same seed gives the same requests, another one gives others") {
  const auto first = play(poisson(8, 500), options(7));
  const auto again = play(poisson(8, 500), options(7));
  const auto other = play(poisson(8, 500), options(8));
  bool differ = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].arrival_s == again[i].arrival_s);
    CHECK(first[i].number == i);
    differ = differ || first[i].arrival_s != other[i].arrival_s;
  }
  CHECK(differ);
}

TEST_CASE("Requests that cannot be made are named") {
  const auto problem = [](const scenario::RequestsSpec& spec) {
    scenario::Diagnostics diagnostics;
    CHECK(workload::make_request_source(spec, options(), diagnostics) == nullptr);
    REQUIRE(diagnostics.size() == 1);
    return diagnostics.list()[0].path + ": " + diagnostics.list()[0].message;
  };
  CHECK(problem(poisson(0, 10)) == "requests.arrival: the rate is not above 0");
  CHECK(problem(poisson(1, 0)) == "requests: requests without end");
  auto closed = poisson(0, 10);
  closed.arrival.process = ArrivalProcess::closed;
  CHECK(problem(closed) == "requests.arrival: a closed loop without clients: concurrency is 0");
}
