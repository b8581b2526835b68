// A scenario in words: its platform, and each job with its plan and its memory.
#pragma once

#include "iccsim/scenario/scenario.hpp"

#include <string>

namespace iccsim::cli {

std::string describe(const scenario::Scenario& scenario);

} // namespace iccsim::cli
