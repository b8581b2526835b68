// The paragraph of one job in the summary.
#pragma once

#include "iccsim/metrics/result.hpp"
#include "iccsim/scenario/inference.hpp"

#include <string>

namespace iccsim::report {

/// `slo`: what a service promised; null when it promised nothing.
std::string job_paragraph(const metrics::JobResult& job, const scenario::SloSpec* slo);

} // namespace iccsim::report
