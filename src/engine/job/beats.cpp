#include "engine/job/beats.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace iccsim::engine {

namespace {

constexpr double locked = 1e-7; ///< relative
constexpr double apart = 0.05;

/// `p` steps of b that take about as long as `q` of a: by how much of that they differ, and how long it takes until
/// they have shifted past one another once.
template <typename Visit> void for_near_multiples(double a_s, double b_s, Visit visit) {
  for (int p = 1; p <= 3; ++p) {
    for (int q = 1; q <= 3; ++q) {
      const double shift = std::abs(q * a_s - p * b_s) / (q * a_s);
      if (std::gcd(p, q) == 1 && shift < apart) {
        visit(shift, a_s / p / shift);
      }
    }
  }
}

} // namespace

double beat_s(double a_s, double b_s) {
  double beat = std::numeric_limits<double>::infinity();
  for_near_multiples(a_s, b_s, [&beat](double shift, double shifted_once_s) {
    beat = shift > locked ? std::min(beat, shifted_once_s) : beat;
  });
  return beat;
}

bool all_slide(const std::vector<double>& steps_s, double most_steps) {
  bool slide = true;
  for (auto a = steps_s.begin(); a != steps_s.end(); ++a) {
    for (auto b = std::next(a); b != steps_s.end(); ++b) {
      for_near_multiples(*a, *b, [&](double shift, double shifted_once_s) {
        slide = slide && shift > locked && shifted_once_s <= most_steps * std::max(*a, *b);
      });
    }
  }
  return slide;
}

double shortest_drift_s(const std::vector<DriftingSteps>& steps, double longer_than_s) {
  double shortest = std::numeric_limits<double>::infinity();
  for (auto a = steps.begin(); a != steps.end(); ++a) {
    for (auto b = std::next(a); b != steps.end(); ++b) {
      const double beat = beat_s(a->mean_s, b->mean_s);
      const bool drift = std::min(a->mean_s, b->mean_s) / beat > a->error + b->error;
      shortest = drift && beat > longer_than_s ? std::min(shortest, beat) : shortest;
    }
  }
  return shortest;
}

double longest_beat_s(const std::vector<double>& steps_s, double most_steps) {
  double longest = 0;
  for (auto a = steps_s.begin(); a != steps_s.end(); ++a) {
    for (auto b = std::next(a); b != steps_s.end(); ++b) {
      const double beat = beat_s(*a, *b);
      longest = beat <= most_steps * std::max(*a, *b) ? std::max(longest, beat) : longest;
    }
  }
  return longest;
}

} // namespace iccsim::engine
