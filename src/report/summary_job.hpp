// The paragraph of one job in the summary.
#pragma once

#include "iccsim/metrics/result.hpp"

#include <string>

namespace iccsim::report {

std::string job_paragraph(const metrics::JobResult& job);

} // namespace iccsim::report
