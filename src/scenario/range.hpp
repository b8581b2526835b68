// Which numbers a key takes.
#pragma once

#include <string>

namespace iccsim::scenario {

/// low < x or low <= x, and x <= high.
struct Range {
  double low = 0;
  double high = 0;
  bool low_excluded = false;

  bool holds(double x) const { return (low_excluded ? x > low : x >= low) && x <= high; }
  /// "greater than 0", "between 1 and 64", "at least 0"; bounds that only keep numbers sane are not spelt out.
  std::string text() const;
};

namespace range {

/// No quantity of a computing centre is larger; keeps products of a few of them finite.
constexpr double sane = 1e30;
constexpr Range positive{0, sane, true};
constexpr Range not_negative{0, sane, false};
constexpr Range share{0, 1, false};
constexpr Range positive_share{0, 1, true};
constexpr Range at_least_one{1, sane, false};
constexpr Range between(double low, double high) {
  return {low, high, false};
}

} // namespace range
} // namespace iccsim::scenario
