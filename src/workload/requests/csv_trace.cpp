#include "workload/requests/csv_trace.hpp"

#include <limits>

namespace iccsim::workload {

using Outcome = RowFormat::Outcome;

std::optional<RowProblem> PlainCsv::read_header(std::string_view line) {
  columns_ = {{"arrival_s"}, {"prompt_tokens"}, {"output_tokens"}, {"priority", false}, {"conversation", false}};
  return find_columns(line, columns_, true);
}

Outcome PlainCsv::read_row(std::string_view line, TraceRow& row, RowProblem& problem) {
  CsvRow fields(fields_, problem);
  int count = 0;
  for (const auto& column : columns_) {
    count += fields.has(column) ? 1 : 0;
  }
  if (!fields.split(line, count)) {
    return Outcome::problem;
  }
  row.at_s = fields.seconds(columns_[0]);
  row.prompt_tokens = fields.tokens(columns_[1], 1);
  row.output_tokens = fields.tokens(columns_[2], 1);
  if (fields.has(columns_[3])) {
    row.priority = static_cast<int>(fields.whole(columns_[3], -1'000'000, 1'000'000));
  }
  if (fields.has(columns_[4]) && !fields.text(columns_[4]).empty()) {
    row.conversation =
        static_cast<std::uint64_t>(fields.whole(columns_[4], 0, std::numeric_limits<std::int64_t>::max()));
  }
  return fields.ok() ? Outcome::row : Outcome::problem;
}

} // namespace iccsim::workload
