// Durations with multiplicity: thousands of equal steps cost one entry.
#pragma once

#include <map>

namespace iccsim::metrics {

class Samples {
public:
  void add(double value, double times = 1);
  double count() const { return count_; }
  double mean() const { return count_ > 0 ? sum_ / count_ : 0; }
  /// Nearest rank: the smallest value that at least `share` (0 .. 1) of the samples do not exceed; 0 when empty.
  double quantile(double share) const;

private:
  std::map<double, double> times_by_value_;
  double count_ = 0;
  double sum_ = 0;
};

} // namespace iccsim::metrics
