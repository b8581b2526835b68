#include "workload/requests/length_draw.hpp"

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <algorithm>
#include <cmath>

namespace iccsim::workload {

using scenario::LengthDistribution;

LengthDraw::LengthDraw(const scenario::LengthsSpec& spec, std::vector<int> file_lengths)
    : distribution_(spec.distribution), mean_(spec.mean), low_(std::max(1.0, std::ceil(spec.low))),
      high_(spec.high > 0 ? std::min<double>(std::floor(spec.high), largest_length) : largest_length),
      file_lengths_(std::move(file_lengths)) {
  // mean = exp(m + s^2 / 2), cv^2 = exp(s^2) - 1 for a logarithm with mean m and deviation s.
  const double variance = std::log1p(spec.cv * spec.cv);
  log_deviation_ = std::sqrt(variance);
  log_mean_ = mean_ > 0 ? std::log(mean_) - variance / 2 : 0;
}

int LengthDraw::operator()(Draws draws) const {
  return static_cast<int>(std::clamp(std::round(drawn(draws)), low_, std::max(low_, high_)));
}

double LengthDraw::drawn(Draws& draws) const {
  switch (distribution_) {
  case LengthDistribution::uniform: {
    const auto low = static_cast<std::int64_t>(low_);
    return static_cast<double>(boost::random::uniform_int_distribution<std::int64_t>(
        low, std::max(low, static_cast<std::int64_t>(high_)))(draws));
  }
  case LengthDistribution::lognormal:
    return std::exp(boost::random::normal_distribution<double>(log_mean_, log_deviation_)(draws));
  case LengthDistribution::empirical:
    return file_lengths_[boost::random::uniform_int_distribution<std::size_t>(0, file_lengths_.size() - 1)(draws)];
  case LengthDistribution::constant:
    break;
  }
  return mean_;
}

} // namespace iccsim::workload
