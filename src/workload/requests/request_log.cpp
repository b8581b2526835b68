#include "workload/requests/request_log.hpp"

namespace iccsim::workload {

std::optional<RowProblem> RequestLog::read_header(std::string_view line) {
  rewind();
  columns_ = {{names_[0]}, {names_[1]}, {names_[2]}};
  split_csv(line, fields_);
  width_ = static_cast<int>(fields_.size());
  return find_columns(line, columns_, false);
}

RowFormat::Outcome RequestLog::read_row(std::string_view line, TraceRow& row, RowProblem& problem) {
  CsvRow fields(fields_, problem);
  if (!fields.split(line, width_)) {
    return Outcome::problem;
  }
  row.at_s = time_s(fields, columns_[0]);
  row.output_tokens = fields.tokens(columns_[2], 0);
  row.prompt_tokens = fields.tokens(columns_[1], row.output_tokens == 0 ? 0 : 1);
  if (!fields.ok()) {
    return Outcome::problem;
  }
  return row.output_tokens == 0 ? Outcome::skipped : Outcome::row;
}

} // namespace iccsim::workload
