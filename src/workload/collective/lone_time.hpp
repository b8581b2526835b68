// How long bundles take that have the network to themselves.
#pragma once

#include "iccsim/platform/resource_reader.hpp"
#include "workload/collective/draft.hpp"

namespace iccsim::workload {

/// Seconds per byte of payload, max over resources of sum(flows x bytes_factor) / capacity, in each tier.
struct SecondsPerByte {
  double scale_up = 0;
  double elsewhere = 0;
};
SecondsPerByte seconds_per_byte(platform::ResourceReader& resources, const std::vector<BundleShape>& bundles);

} // namespace iccsim::workload
