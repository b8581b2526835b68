// One of several by weight.
#pragma once

#include "workload/requests/draws.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::workload {

class WeightedChoice {
public:
  /// At least one weight above 0; none below.
  explicit WeightedChoice(const std::vector<double>& weights);

  std::size_t operator()(Draws draws) const;

private:
  std::vector<double> sums_; ///< up to and including each, over all
};

/// Weights 1 / rank^skew: Zipf's law. A skew of 0 makes all alike.
std::vector<double> zipf_weights(int count, double skew);

} // namespace iccsim::workload
