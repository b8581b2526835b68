#include "workload/requests/arrival_clock.hpp"

#include "workload/requests/draws.hpp"

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>

namespace iccsim::workload {

using scenario::ArrivalProcess;

ArrivalClock::ArrivalClock(const scenario::ArrivalSpec& spec, std::uint64_t seed)
    : process_(spec.process), cv_(spec.cv),
      curve_(spec.curve.empty() ? RateCurve(spec.rate_per_s) : RateCurve(spec.curve, spec.period_s)), seed_(seed) {}

std::optional<double> ArrivalClock::next_s() {
  expected_ += gap();
  ++number_;
  return curve_.time_of(expected_);
}

double ArrivalClock::gap() {
  Draws draws(seed_, Purpose::arrivals, number_);
  if (process_ == ArrivalProcess::gamma && cv_ > 0) {
    // Shape k and scale s have mean k s and coefficient of variation 1 / sqrt(k).
    return boost::random::gamma_distribution<double>(1 / (cv_ * cv_), cv_ * cv_)(draws);
  }
  if (process_ == ArrivalProcess::poisson) {
    return boost::random::exponential_distribution<double>(1)(draws);
  }
  return 1;
}

} // namespace iccsim::workload
