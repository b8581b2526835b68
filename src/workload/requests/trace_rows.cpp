#include "workload/requests/trace_rows.hpp"

#include "workload/requests/azure_trace.hpp"
#include "workload/requests/csv_trace.hpp"
#include "workload/requests/mooncake_trace.hpp"

#include <fmt/format.h>

namespace iccsim::workload {

using scenario::TraceFormat;

std::unique_ptr<RowFormat> make_row_format(TraceFormat format, int block_tokens) {
  switch (format) {
  case TraceFormat::azure:
    return std::make_unique<AzureTrace>();
  case TraceFormat::mooncake:
    return std::make_unique<MooncakeTrace>(block_tokens);
  case TraceFormat::burstgpt:
    return std::make_unique<BurstGpt>();
  case TraceFormat::csv:
    break;
  }
  return std::make_unique<PlainCsv>();
}

TraceRows::TraceRows(const std::filesystem::path& file, TraceFormat format, int block_tokens, std::string path,
                     ProblemSink sink)
    : file_(file.string()), path_(std::move(path)), sink_(std::move(sink)), lines_(file),
      format_(make_row_format(format, block_tokens)) {
  if (!lines_.problem().empty()) {
    report(0, {1, fmt::format("the trace {}", lines_.problem()), "a file, relative to the scenario"});
    ended_ = true;
  } else if (format_->has_header()) {
    read_header();
  }
}

void TraceRows::read_header() {
  std::string_view line;
  if (!lines_.next(line)) {
    return; // reported as a trace without rows
  }
  if (auto problem = format_->read_header(line)) {
    problem->hint = "is it a trace of another format?";
    report(lines_.number(), std::move(*problem));
    ended_ = true;
    any_ = true;
  }
}

std::optional<TraceRow> TraceRows::next() {
  while (!ended_ && window_.size() < window_rows) {
    ended_ = !read_one();
  }
  if (window_.empty()) {
    return std::nullopt;
  }
  TraceRow row = window_.top();
  window_.pop();
  gave_ = true;
  given_s_ = row.at_s;
  if (!origin_s_) {
    origin_s_ = format_->starts_at_first_row() ? row.at_s : 0;
  }
  row.at_s -= *origin_s_;
  return row;
}

bool TraceRows::read_one() {
  std::string_view line;
  if (!lines_.next(line)) {
    if (!any_) {
      report(0, {1, "the trace has no rows", "at least one request"});
    }
    return false;
  }
  any_ = true;
  if (lines_.was_cut()) {
    report(lines_.number(), {1, "the line is too long", fmt::format("at most {} bytes", LineReader::longest_line)});
    return true;
  }
  TraceRow row;
  RowProblem problem;
  row.line = lines_.number();
  const auto outcome = format_->read_row(line, row, problem);
  if (outcome == RowFormat::Outcome::problem) {
    report(row.line, std::move(problem));
  } else if (outcome == RowFormat::Outcome::row) {
    take(std::move(row));
  }
  return true;
}

void TraceRows::take(TraceRow row) {
  if (gave_ && row.at_s < given_s_) {
    report(row.line, {1,
                      fmt::format("its time is {:.3f} s before that of a row more than {} rows earlier",
                                  given_s_ - row.at_s, window_rows),
                      "rows in order of time"});
    return;
  }
  window_.push(std::move(row));
}

void TraceRows::report(int line, RowProblem problem) {
  auto found = file_problem(file_, line, line > 0 ? problem.column : 0, path_, std::move(problem.message),
                            std::move(problem.expected));
  found.hint = std::move(problem.hint);
  sink_(found);
}

} // namespace iccsim::workload
