// The second run, with the bottleneck of the first one faster.
#pragma once

#include "cli/load_scenario.hpp"

#include "iccsim/metrics/result.hpp"
#include "iccsim/report/what_if.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::cli {

/// How the first run was asked for.
struct FirstRun {
  std::string file;
  LoadOptions load;
  std::string network;
  std::vector<std::string> scales; ///< --scale-resource
};

/// Simulates again in a process of its own when jobs of `result` waited for a saturated resource; nothing when they did
/// not, or when the first run was interrupted. A run that took long is not repeated, and the answer says so.
std::optional<report::WhatIf> ask_what_if(const metrics::Result& result, const FirstRun& first);

} // namespace iccsim::cli
