// Traces as CSV with times in seconds.
#pragma once

#include "workload/requests/csv_line.hpp"

namespace iccsim::workload {

/// arrival_s,prompt_tokens,output_tokens[,priority][,conversation] in any order. Requests of one conversation hold what
/// was said before at the beginning of their prompt; an empty conversation is a request of its own.
class PlainCsv : public RowFormat {
public:
  bool has_header() const override { return true; }
  std::optional<RowProblem> read_header(std::string_view line) override;
  Outcome read_row(std::string_view line, TraceRow& row, RowProblem& problem) override;
  bool starts_at_first_row() const override { return false; }

private:
  std::vector<CsvColumn> columns_;
  std::vector<CsvField> fields_;
};

/// BurstGPT (Wang et al. 2024): Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type; later releases
/// have more columns. Requests without response tokens failed and are left out.
class BurstGpt : public RowFormat {
public:
  bool has_header() const override { return true; }
  std::optional<RowProblem> read_header(std::string_view line) override;
  Outcome read_row(std::string_view line, TraceRow& row, RowProblem& problem) override;
  bool starts_at_first_row() const override { return true; }

private:
  std::vector<CsvColumn> columns_;
  std::vector<CsvField> fields_;
  int width_ = 0;
};

} // namespace iccsim::workload
