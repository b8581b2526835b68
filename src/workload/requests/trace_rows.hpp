// The rows of a trace file in order of time, with what is wrong with them.
#pragma once

#include "workload/requests/file_problem.hpp"
#include "workload/requests/line_reader.hpp"
#include "workload/requests/trace_row.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

namespace iccsim::workload {

/// Servers log requests slightly out of order: a window of rows is kept sorted. A row that is further from its place
/// is a problem, since no file of any size can be sorted in bounded memory.
class TraceRows {
public:
  static constexpr std::size_t window_rows = 1024;

  /// `sink` is called for each problem, and the row is left out. `path` is the key's, for the problems.
  TraceRows(const std::filesystem::path& file, scenario::TraceFormat format, int block_tokens, std::string path,
            ProblemSink sink);

  /// The next row; times from 0 where the format's own origin means nothing. Empty: no more.
  std::optional<TraceRow> next();

private:
  struct Later {
    bool operator()(const TraceRow& a, const TraceRow& b) const {
      return a.at_s != b.at_s ? a.at_s > b.at_s : a.line > b.line;
    }
  };

  void read_header();
  bool read_one();
  void take(TraceRow row);
  void report(int line, RowProblem problem);

  std::string file_, path_;
  ProblemSink sink_;
  LineReader lines_;
  std::unique_ptr<RowFormat> format_;
  std::priority_queue<TraceRow, std::vector<TraceRow>, Later> window_;
  std::optional<double> origin_s_;
  double given_s_ = 0; ///< as written, of the last row that was given
  bool gave_ = false;
  bool ended_ = false;
  bool any_ = false; ///< a row, good or bad
};

} // namespace iccsim::workload
