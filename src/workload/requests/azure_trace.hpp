// Azure LLM inference traces.
#pragma once

#include "workload/requests/csv_line.hpp"

#include <optional>

namespace iccsim::workload {

/// TIMESTAMP,ContextTokens,GeneratedTokens: the trace of 2023 (Patel et al., Splitwise, ISCA 2024) and those of 2024
/// (Stojkovic et al., DynamoLLM, HPCA 2025), whose times have an offset. Requests without generated tokens failed and
/// are left out.
class AzureTrace : public RowFormat {
public:
  bool has_header() const override { return true; }
  std::optional<RowProblem> read_header(std::string_view line) override;
  Outcome read_row(std::string_view line, TraceRow& row, RowProblem& problem) override;
  bool starts_at_first_row() const override { return true; }

private:
  std::vector<CsvColumn> columns_;
  std::vector<CsvField> fields_;
  int width_ = 0;
  std::optional<std::int64_t> first_second_; ///< the epoch's seconds leave a double no digits for microseconds
};

} // namespace iccsim::workload
