// Bytes of one batch after another.
#pragma once

#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>

#include <cmath>
#include <cstdint>

namespace iccsim::engine {

/// A batch is a sum of samples, whose sizes are lognormal. The sum is taken as lognormal with its mean and variance
/// (Fenton 1960, "The sum of log-normal probability distributions in scatter transmission systems"): exact for one
/// sample, and for many close to the normal that it must become.
class BatchSizes {
public:
  /// `cv`: coefficient of variation of one sample; 0: all batches are equal.
  BatchSizes(double bytes_per_sample, double cv, double samples, std::uint64_t seed)
      : mean_bytes_(bytes_per_sample * samples), random_(seed) {
    const double batch_cv = cv / std::sqrt(samples);
    const double sigma2 = std::log1p(batch_cv * batch_cv);
    spread_ = boost::random::lognormal_distribution<double>(std::log(mean_bytes_) - sigma2 / 2, std::sqrt(sigma2));
    varied_ = cv > 0 && mean_bytes_ > 0;
  }

  double next() { return varied_ ? spread_(random_) : mean_bytes_; }
  double mean_bytes() const { return mean_bytes_; }
  bool varied() const { return varied_; }

private:
  double mean_bytes_;
  bool varied_ = false;
  boost::random::mt19937_64 random_;
  boost::random::lognormal_distribution<double> spread_{0, 1};
};

} // namespace iccsim::engine
