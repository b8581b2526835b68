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

double difference_error(const std::vector<double>& a_s, const std::vector<double>& b_s) {
  const std::size_t count = std::min(a_s.size(), b_s.size());
  if (count < 2) {
    return std::numeric_limits<double>::infinity();
  }
  double apart_s = 0;
  std::vector<double> ends_apart_s;
  for (std::size_t k = 0; k < count; ++k) {
    ends_apart_s.push_back(apart_s += a_s[k] - b_s[k]);
  }
  const double each_s = apart_s / static_cast<double>(count);
  double most_s = 0;
  double line_s = 0;
  for (const double end_apart_s : ends_apart_s) {
    line_s += each_s;
    most_s = std::max(most_s, std::abs(end_apart_s - line_s));
  }
  const double span_s = std::accumulate(a_s.begin(), a_s.begin() + static_cast<std::ptrdiff_t>(count), 0.0);
  return 2 * most_s / span_s;
}

double shortest_drift_s(const std::vector<double>& steps_s, double longer_than_s,
                        const std::function<double(std::size_t a, std::size_t b)>& error) {
  double shortest = std::numeric_limits<double>::infinity();
  for (std::size_t a = 0; a < steps_s.size(); ++a) {
    for (std::size_t b = a + 1; b < steps_s.size(); ++b) {
      const double beat = beat_s(steps_s[a], steps_s[b]);
      const bool candidate = beat > longer_than_s && beat < shortest;
      if (candidate && std::min(steps_s[a], steps_s[b]) / beat > error(a, b)) {
        shortest = beat;
      }
    }
  }
  return shortest;
}

Beat longest_beat(const std::vector<double>& steps_s, double most_steps) {
  Beat longest;
  for (std::size_t a = 0; a < steps_s.size(); ++a) {
    for (std::size_t b = a + 1; b < steps_s.size(); ++b) {
      const double beat = beat_s(steps_s[a], steps_s[b]);
      if (beat > longest.s && beat <= most_steps * std::max(steps_s[a], steps_s[b])) {
        longest = {beat, a, b};
      }
    }
  }
  return longest;
}

double uneven_error(const std::vector<double>& steps_s, double span_s, double beat_s) {
  constexpr double pi = 3.14159265358979323846;
  const auto count = static_cast<double>(steps_s.size());
  const double mean_s = std::accumulate(steps_s.begin(), steps_s.end(), 0.0) / count;
  double squares = 0;
  for (const double step_s : steps_s) {
    squares += std::pow(step_s / mean_s - 1, 2) / count;
  }
  const double beats = span_s / beat_s;
  if (std::abs(beats - std::round(beats)) * beat_s <= mean_s / 2) {
    return 0;
  }
  return std::sqrt(2 * squares) * std::abs(std::sin(pi * beats)) / (pi * beats);
}

} // namespace iccsim::engine
