// Traces as CSV with times in seconds.
#pragma once

#include "workload/requests/request_log.hpp"

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
/// have more columns.
class BurstGpt : public RequestLog {
public:
  BurstGpt() : RequestLog("Timestamp", "Request tokens", "Response tokens") {}

private:
  double time_s(CsvRow& fields, const CsvColumn& column) override { return fields.seconds(column); }
};

} // namespace iccsim::workload
