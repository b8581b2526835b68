#include "iccsim/metrics/samples.hpp"

namespace iccsim::metrics {

void Samples::add(double value, double times) {
  if (times <= 0) {
    return;
  }
  times_by_value_[value] += times;
  count_ += times;
  sum_ += value * times;
}

double Samples::quantile(double share) const {
  double below = 0;
  double last = 0;
  for (const auto& [value, times] : times_by_value_) {
    below += times;
    last = value;
    if (below >= share * count_) {
      break;
    }
  }
  return last;
}

} // namespace iccsim::metrics
