#include "engine/job/beats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace iccsim::engine {

double beat_s(double a_s, double b_s) {
  constexpr double locked = 1e-7; // relative
  constexpr double apart = 0.05;
  double beat = std::numeric_limits<double>::infinity();
  for (int p = 1; p <= 3; ++p) {
    for (int q = 1; q <= 3; ++q) {
      const double shift = std::abs(q * a_s - p * b_s) / (q * a_s);
      if (std::gcd(p, q) == 1 && shift > locked && shift < apart) {
        beat = std::min(beat, a_s / p / shift);
      }
    }
  }
  return beat;
}

/// Multiples of the golden ratio, modulo one, lie evenly however many there are.
double stride_s(double beat_s, double at_least_s) {
  constexpr double golden = 0.6180339887498949;
  return (std::ceil(at_least_s / beat_s) + golden) * beat_s;
}

} // namespace iccsim::engine
