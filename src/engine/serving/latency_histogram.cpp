#include "engine/serving/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine::serving {
namespace {

constexpr double least_s = 1e-7; // all below fall into the first bin
constexpr double ratio = 1.001;
const double per_log = 1 / std::log(ratio);

} // namespace

std::size_t LatencyHistogram::bin_of(double seconds) {
  return seconds > least_s ? static_cast<std::size_t>(std::log(seconds / least_s) * per_log) + 1 : 0;
}

double LatencyHistogram::upper_edge_s(std::size_t bin) {
  return least_s * std::exp(static_cast<double>(bin) / per_log);
}

void LatencyHistogram::add_bin(std::size_t bin, double times, double sum) {
  if (bin >= bins_.size()) {
    bins_.resize(bin + 1);
  }
  bins_[bin].count += times;
  bins_[bin].sum += sum;
  count_ += times;
  sum_ += sum;
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  for (std::size_t bin = other.bins_.size(); bin-- > 0;) {
    if (other.bins_[bin].count > 0) {
      add_bin(bin, other.bins_[bin].count, other.bins_[bin].sum);
    }
  }
}

void LatencyHistogram::add_ramp(double first_s, double slope_s, double times, double weight) {
  std::size_t bin = bin_of(first_s);
  const std::size_t last = bin_of(first_s + slope_s * (times - 1));
  for (double done = 0; done < times; ++bin) {
    double until = times;
    if (bin < last) {
      until = std::min(times, std::max(done, std::ceil((upper_edge_s(bin) - first_s) / slope_s)));
    }
    const double n = until - done;
    if (n > 0) {
      add_bin(bin, weight * n, weight * n * (first_s + slope_s * (done + until - 1) / 2));
    }
    done = until;
  }
}

double LatencyHistogram::rank_of(double share, double count) {
  return std::max(1.0, std::ceil(share * count - 1e-9 * count));
}

double LatencyHistogram::at_rank_s(double rank) const {
  for (const Bin& bin : bins_) {
    rank -= bin.count;
    if (bin.count > 0 && rank <= 0) {
      return bin.sum / bin.count;
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double LatencyHistogram::quantile_s(double share) const {
  return at_rank_s(rank_of(share, count_));
}

bool LatencyHistogram::keeps(double share, double limit_s, double within, double beyond) const {
  const double all = count_ + within + beyond;
  const double rank = rank_of(share, all) - within; // those within the limit come first
  if (all == 0 || rank <= 0) {
    return true;
  }
  return rank <= count_ && at_rank_s(rank) <= limit_s;
}

metrics::LatencyFigures LatencyHistogram::figures() const {
  return {mean_s(), quantile_s(0.5), quantile_s(0.9), quantile_s(0.99)};
}

} // namespace iccsim::engine::serving
