// Comma-separated fields and the numbers in them. Traces quote nothing that holds a comma.
#pragma once

#include "workload/requests/trace_row.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iccsim::workload {

struct CsvField {
  std::string_view text; ///< without spaces and quotes around it
  int column = 0;        ///< where it begins, from 1
};

void split_csv(std::string_view line, std::vector<CsvField>& fields);

/// The whole text as a number; empty: it is none, or it does not fit.
std::optional<double> read_number(std::string_view text);
std::optional<std::int64_t> read_whole(std::string_view text);

/// A column that a format asks for.
struct CsvColumn {
  std::string name;
  bool required = true;
  int index = -1; ///< in the file; -1: not there
};

/// Where the columns are. Others are passed over, or are problems where `strict`.
std::optional<RowProblem> find_columns(std::string_view header, std::vector<CsvColumn>& columns, bool strict);

/// Reads fields of one row and keeps the first problem.
class CsvRow {
public:
  CsvRow(std::vector<CsvField>& fields, RowProblem& problem) : fields_(fields), problem_(problem) {}

  /// Splits, and checks that the row has `columns` fields.
  bool split(std::string_view line, int columns);
  bool has(const CsvColumn& column) const { return column.index >= 0; }
  std::string_view text(const CsvColumn& column) const { return field(column).text; }

  /// Each is 0 when there is a problem.
  double seconds(const CsvColumn& column);
  int tokens(const CsvColumn& column, int least);
  std::int64_t whole(const CsvColumn& column, std::int64_t least, std::int64_t most);

  void fail(const CsvColumn& column, const std::string& expected);
  bool ok() const { return ok_; }

private:
  const CsvField& field(const CsvColumn& column) const { return fields_[static_cast<std::size_t>(column.index)]; }

  std::vector<CsvField>& fields_;
  RowProblem& problem_;
  bool ok_ = true;
};

} // namespace iccsim::workload
