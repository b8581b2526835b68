#include "report/left_out_rows.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>

namespace iccsim::report {

std::string left_out_rows(const metrics::TraceFigures& trace) {
  return fmt::format("{} of {} of the trace left out, the first in line {} ({})", human_count(trace.left_out),
                     counted(trace.rows, "row"), trace.first_left_out_line, left_out_reason);
}

} // namespace iccsim::report
