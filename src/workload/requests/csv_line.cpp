#include "workload/requests/csv_line.hpp"

#include "scenario/quote.hpp"
#include "workload/requests/length_draw.hpp"

#include "iccsim/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace iccsim::workload {
namespace {

/// A trace longer than a century is a mistake of units.
constexpr double longest_trace_s = 100 * 365.25 * 86400;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  text = text.substr(first, text.find_last_not_of(" \t") - first + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

template <typename Number> std::optional<Number> read_all(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::vector<std::string> names_of(const std::vector<CsvColumn>& columns, bool required_only) {
  std::vector<std::string> names;
  for (const auto& column : columns) {
    if (column.required || !required_only) {
      names.push_back(column.name);
    }
  }
  return names;
}

} // namespace

void split_csv(std::string_view line, std::vector<CsvField>& fields) {
  fields.clear();
  std::size_t begin = 0;
  for (;;) {
    const std::size_t comma = std::min(line.find(',', begin), line.size());
    fields.push_back({trimmed(line.substr(begin, comma - begin)), static_cast<int>(begin) + 1});
    if (comma == line.size()) {
      return;
    }
    begin = comma + 1;
  }
}

std::optional<double> read_number(std::string_view text) {
  const auto number = read_all<double>(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::int64_t> read_whole(std::string_view text) {
  return read_all<std::int64_t>(text);
}

std::optional<RowProblem> find_columns(std::string_view header, std::vector<CsvColumn>& columns, bool strict) {
  std::vector<CsvField> fields;
  split_csv(header, fields);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& text = fields[i].text;
    const auto column = std::find_if(columns.begin(), columns.end(),
                                     [&text](const CsvColumn& candidate) { return candidate.name == text; });
    if (column != columns.end() && column->index >= 0) {
      return RowProblem{fields[i].column, fmt::format("column {} twice", scenario::quote(text)), "each column once"};
    }
    if (column != columns.end()) {
      column->index = static_cast<int>(i);
    } else if (strict) {
      return RowProblem{fields[i].column, fmt::format("unknown column {}", scenario::quote(text)),
                        fmt::format("a header of {}", fmt::join(names_of(columns, false), ","))};
    }
  }
  for (const auto& column : columns) {
    if (column.required && column.index < 0) {
      return RowProblem{1, fmt::format("the header {} has no column {}", scenario::quote(header), column.name),
                        fmt::format("{}", fmt::join(names_of(columns, true), ","))};
    }
  }
  return std::nullopt;
}

bool CsvRow::split(std::string_view line, int columns) {
  split_csv(line, fields_);
  if (static_cast<int>(fields_.size()) != columns) {
    problem_ = {1, fmt::format("{} fields", fields_.size()), fmt::format("{}, as the header has", columns)};
    ok_ = false;
  }
  return ok_;
}

double CsvRow::seconds(const CsvColumn& column) {
  const auto number = read_number(text(column));
  if (!number || *number < 0 || *number > longest_trace_s) {
    fail(column, fmt::format("seconds, from 0 to {:.0f} (100 years)", longest_trace_s));
    return 0;
  }
  return *number;
}

int CsvRow::tokens(const CsvColumn& column, int least) {
  return static_cast<int>(whole(column, least, largest_length));
}

std::int64_t CsvRow::whole(const CsvColumn& column, std::int64_t least, std::int64_t most) {
  const auto number = read_whole(text(column));
  if (!number || *number < least || *number > most) {
    fail(column, fmt::format("a whole number from {} to {}", least, most));
    return 0;
  }
  return *number;
}

void CsvRow::fail(const CsvColumn& column, const std::string& expected) {
  if (ok_) {
    problem_ = {field(column).column, fmt::format("{} is {}", column.name, scenario::quote(text(column))), expected};
    ok_ = false;
  }
}

} // namespace iccsim::workload
