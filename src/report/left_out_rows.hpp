// Rows of a trace that are no request, and why.
#pragma once

#include "iccsim/metrics/service_figures.hpp"

#include <string>

namespace iccsim::report {

inline constexpr const char* left_out_reason = "0 output tokens: they failed where they were traced";

/// "38 of 23,608 rows of the trace left out, the first in line 17 (0 output tokens: ...)"
std::string left_out_rows(const metrics::TraceFigures& trace);

} // namespace iccsim::report
