// One row of a trace, and how a format's rows are read.
#pragma once

#include "iccsim/scenario/inference.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iccsim::workload {

struct TraceRow {
  double at_s = 0; ///< as written; formats with dates count from the first row's
  int prompt_tokens = 0;
  int output_tokens = 0;
  std::optional<int> priority;
  std::optional<std::uint64_t> conversation;
  std::vector<std::uint64_t> hashes;
  int line = 0;
};

/// What is wrong with a line.
struct RowProblem {
  int column = 1; ///< from 1, in bytes
  std::string message;
  std::string expected;
  std::string hint = {};
};

class RowFormat {
public:
  virtual ~RowFormat() = default;

  /// Whether the first line names columns.
  virtual bool has_header() const = 0;
  virtual std::optional<RowProblem> read_header(std::string_view line) = 0;

  enum class Outcome {
    row,
    skipped, ///< the request failed where it was traced: it has no answer
    problem,
  };
  virtual Outcome read_row(std::string_view line, TraceRow& row, RowProblem& problem) = 0;

  /// Whether times are dates or counters whose origin means nothing: the first row's becomes 0.
  virtual bool starts_at_first_row() const = 0;
};

std::unique_ptr<RowFormat> make_row_format(scenario::TraceFormat format, int block_tokens);

} // namespace iccsim::workload
