#include "engine/serving/trace_census.hpp"

#include "workload/requests/line_reader.hpp"
#include "workload/requests/trace_row.hpp"

namespace iccsim::engine::serving {

using workload::RowFormat;

metrics::TraceFigures trace_census(const scenario::RequestsSpec& requests, const std::filesystem::path& directory) {
  metrics::TraceFigures figures;
  workload::LineReader lines(directory / requests.trace);
  const auto format = workload::make_row_format(requests.format, requests.block_tokens);
  std::string_view line;
  if (format->has_header() && (!lines.next(line) || format->read_header(line))) {
    return figures;
  }
  workload::TraceRow row;
  workload::RowProblem problem;
  while (lines.next(line)) {
    row = {};
    const auto outcome = format->read_row(line, row, problem);
    figures.rows += outcome == RowFormat::Outcome::problem ? 0 : 1;
    if (outcome == RowFormat::Outcome::skipped) {
      figures.first_left_out_line = figures.left_out == 0 ? lines.number() : figures.first_left_out_line;
      ++figures.left_out;
    }
  }
  return figures;
}

} // namespace iccsim::engine::serving
