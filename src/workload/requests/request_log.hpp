// What a provider logged of requests that it served: CSV with a time and the tokens of each, beside columns of its own.
#pragma once

#include "workload/requests/csv_line.hpp"

#include <optional>

namespace iccsim::workload {

/// Requests without an answer's tokens failed and are left out; times count from the first row's.
class RequestLog : public RowFormat {
public:
  bool has_header() const override { return true; }
  std::optional<RowProblem> read_header(std::string_view line) override;
  Outcome read_row(std::string_view line, TraceRow& row, RowProblem& problem) override;
  bool starts_at_first_row() const override { return true; }

protected:
  RequestLog(std::string time, std::string prompt, std::string output)
      : names_{std::move(time), std::move(prompt), std::move(output)} {}
  /// The time of a row, 0 where it is a problem.
  virtual double time_s(CsvRow& fields, const CsvColumn& column) = 0;
  /// A file begins.
  virtual void rewind() {}

private:
  std::vector<std::string> names_;
  std::vector<CsvColumn> columns_;
  std::vector<CsvField> fields_;
  int width_ = 0;
};

} // namespace iccsim::workload
