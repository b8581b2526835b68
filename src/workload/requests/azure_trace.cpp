#include "workload/requests/azure_trace.hpp"

#include "workload/requests/timestamp.hpp"

namespace iccsim::workload {

using Outcome = RowFormat::Outcome;

std::optional<RowProblem> AzureTrace::read_header(std::string_view line) {
  columns_ = {{"TIMESTAMP"}, {"ContextTokens"}, {"GeneratedTokens"}};
  first_second_.reset();
  std::vector<CsvField> fields;
  split_csv(line, fields);
  width_ = static_cast<int>(fields.size());
  return find_columns(line, columns_, false);
}

Outcome AzureTrace::read_row(std::string_view line, TraceRow& row, RowProblem& problem) {
  CsvRow fields(fields_, problem);
  if (!fields.split(line, width_)) {
    return Outcome::problem;
  }
  const auto timestamp = read_timestamp(fields.text(columns_[0]));
  if (!timestamp) {
    fields.fail(columns_[0], "a time such as 2023-11-16 18:17:03.9799600");
  } else {
    if (!first_second_) {
      first_second_ = timestamp->seconds;
    }
    row.at_s = static_cast<double>(timestamp->seconds - *first_second_) + timestamp->fraction_s;
  }
  row.output_tokens = fields.tokens(columns_[2], 0);
  row.prompt_tokens = fields.tokens(columns_[1], row.output_tokens == 0 ? 0 : 1);
  if (!fields.ok()) {
    return Outcome::problem;
  }
  return row.output_tokens == 0 ? Outcome::skipped : Outcome::row;
}

} // namespace iccsim::workload
