// An inference service in the summary.
#pragma once

#include "iccsim/metrics/service_figures.hpp"
#include "iccsim/scenario/inference.hpp"
#include "report/labelled_lines.hpp"

#include <string>

namespace iccsim::report {

/// `slo` may be null: then nothing is said about promises.
void add_service_lines(LabelledLines& lines, const metrics::ServiceFigures& figures, const scenario::SloSpec* slo);
/// Latencies by quantile, beside what was promised, and how the queue went.
std::string service_tables(const metrics::ServiceFigures& figures, const scenario::SloSpec* slo);

} // namespace iccsim::report
