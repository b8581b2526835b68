// Columns that line up, in text that may hold block characters.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace iccsim::report {

enum class Align { left, right };

/// Columns a terminal shows for UTF-8 text without wide or combining characters.
std::size_t display_width(const std::string& text);

class TextTable {
public:
  /// A column's alignment; `limit` > 0 cuts longer cells with an ellipsis.
  struct Column {
    Align align = Align::left;
    std::size_t limit = 0;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Missing cells are empty.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  /// One line a row, two spaces between columns, `indent` before; no spaces at line ends. Lines longer than
  /// `line_limit` (0: none) end in an ellipsis.
  std::string to_string(std::size_t indent, std::size_t line_limit = 0) const;

private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace iccsim::report
