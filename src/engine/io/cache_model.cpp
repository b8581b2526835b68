#include "engine/io/cache_model.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {
namespace {

constexpr double converged = 1e-9; // of a share of hits, from one epoch to the next

/// Share of the unit square where (1 - u/n) (1 - v/n) > a.
double product_above(double a, double n) {
  const double b = 1 - 1 / n;
  if (a <= b * b) {
    return 1;
  }
  if (a >= 1) {
    return 0;
  }
  if (a >= b) {
    return n * n * (1 - a + a * std::log(a));
  }
  return 1 - n * n * (a * std::log(a / (b * b)) - a + b * b);
}

} // namespace

CacheModel::CacheModel(CachePolicy policy, scenario::SampleOrder order, double size, double caches)
    : policy_(policy), order_(order), size_(std::clamp(size, 0.0, 1.0)), caches_(caches) {}

/// Of the dataset, in one cache when the epoch begins: each epoch brings it 1/n of what it does not have yet.
double CacheModel::shuffled_keep(double epoch) const {
  return std::min(size_, 1 - std::pow(1 - 1 / caches_, epoch));
}

/// A sample that this cache last saw k epochs ago is still there if it saw fewer other samples since than it holds. Of
/// the others it saw a share of 1 - (1 - u/n) (1 - 1/n)^(k-1) (1 - v/n), where u and v are the parts of the two epochs
/// that lie between, both uniform.
double CacheModel::shuffled_recent(double epoch) const {
  if (size_ >= 1) {
    return 1 - std::pow(1 - 1 / caches_, epoch);
  }
  double hits = 0;
  double unseen = 1; // (1 - 1/n)^(k-1)
  for (double k = 1; k <= epoch && unseen > 1 - size_; ++k) {
    hits += unseen / caches_ * product_above((1 - size_) / unseen, caches_);
    unseen *= 1 - 1 / caches_;
  }
  return hits;
}

CacheShares CacheModel::shares(double epoch) const {
  if (size_ <= 0) {
    return {};
  }
  if (order_ == scenario::SampleOrder::sequential) {
    // In one order the sample that is needed next is the one that is thrown out.
    const bool fits = size_ * caches_ >= 1;
    const double hit = epoch >= 1 && fits ? 1 : 0;
    return {hit, 1 - hit};
  }
  if (policy_ == CachePolicy::keep) {
    const double held = shuffled_keep(epoch);
    return {held, caches_ * (shuffled_keep(epoch + 1) - held)};
  }
  const double hit = shuffled_recent(epoch);
  return {hit, 1 - hit};
}

bool CacheModel::steady(double epoch) const {
  return std::abs(shares(epoch).hit - shares(epoch + 1).hit) <= converged && epoch >= 1;
}

} // namespace iccsim::engine
