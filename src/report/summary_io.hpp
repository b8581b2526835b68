// What a job moved to and from storage, in the summary.
#pragma once

#include "iccsim/metrics/result.hpp"
#include "report/labelled_lines.hpp"

namespace iccsim::report {

/// One line for each purpose that the job has.
void add_io_lines(LabelledLines& lines, const metrics::JobResult& job);

} // namespace iccsim::report
