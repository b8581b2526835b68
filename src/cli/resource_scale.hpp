// --scale-resource KIND=FACTOR
#pragma once

#include "iccsim/platform/resource.hpp"

#include <string>
#include <vector>

namespace iccsim::cli {

/// Factors of one kind multiply. Throws InvalidInput for an unknown kind, one that is no part of the cluster, and a
/// factor that is no number above 0.
platform::ResourceScale resource_scale(const std::vector<std::string>& options);

} // namespace iccsim::cli
