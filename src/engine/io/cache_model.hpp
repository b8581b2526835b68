// What caches make of a dataset that is read again and again: the share of hits by epoch.
//
// Every cache sees an equal part of each epoch. Shuffled, that part is a new random one each time, so that what one
// node keeps is mostly read by others later; sequential, it is the same one in the same order.
#pragma once

#include "iccsim/scenario/input.hpp"

#include <vector>

namespace iccsim::engine {

enum class CachePolicy {
  keep,                ///< what is in stays in (uniform caching: Mohan et al., "Analyzing and Mitigating Data Stalls in
                       ///< DNN Training", VLDB 2021, section 4.1)
  least_recently_used, ///< as an operating system's page cache
};

struct CacheShares {
  double hit = 0;  ///< of the bytes read: that the cache has
  double fill = 0; ///< of the bytes read: that go into the cache
};

class CacheModel {
public:
  /// `size`: what one of the `caches` (>= 1) holds, as a share of the dataset.
  CacheModel(CachePolicy policy, scenario::SampleOrder order, double size, double caches);

  /// Means over an epoch, counted from 0.
  CacheShares shares(double epoch) const;
  /// Whether all epochs from this one on are alike.
  bool steady(double epoch) const;

private:
  double shuffled_keep(double epoch) const;
  double shuffled_recent(double epoch) const;

  CachePolicy policy_;
  scenario::SampleOrder order_;
  double size_;
  double caches_;
};

} // namespace iccsim::engine
