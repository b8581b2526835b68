#include "workload/requests/weighted_choice.hpp"

#include <boost/random/uniform_01.hpp>

#include <algorithm>
#include <cmath>

namespace iccsim::workload {

WeightedChoice::WeightedChoice(const std::vector<double>& weights) {
  double sum = 0;
  for (const double weight : weights) {
    sums_.push_back(sum += weight);
  }
  for (double& upto : sums_) {
    upto /= sum;
  }
}

std::size_t WeightedChoice::operator()(Draws draws) const {
  if (sums_.size() == 1) {
    return 0;
  }
  const double drawn = boost::random::uniform_01<double>()(draws);
  const auto found = std::upper_bound(sums_.begin(), sums_.end(), drawn);
  return static_cast<std::size_t>(std::min(found, sums_.end() - 1) - sums_.begin());
}

std::vector<double> zipf_weights(int count, double skew) {
  std::vector<double> weights;
  weights.reserve(static_cast<std::size_t>(count));
  for (int rank = 1; rank <= count; ++rank) {
    weights.push_back(std::pow(rank, -skew));
  }
  return weights;
}

} // namespace iccsim::workload
