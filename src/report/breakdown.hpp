// Where card-seconds went: one line a state, largest first, with a bar.
#pragma once

#include "iccsim/metrics/state.hpp"

#include <string>

namespace iccsim::report {

/// "" when no time passed.
std::string breakdown(const metrics::StateSeconds& states, std::size_t indent);

} // namespace iccsim::report
