#include "iccsim/report/text_table.hpp"

#include <algorithm>

namespace iccsim::report {
namespace {

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u;
}

std::string cut(const std::string& text, std::size_t limit) {
  if (limit == 0 || display_width(text) <= limit) {
    return text;
  }
  std::size_t seen = 0;
  std::size_t end = 0;
  while (end < text.size() && (seen < limit - 1 || !starts_character(text[end]))) {
    seen += starts_character(text[end]) ? 1 : 0;
    ++end;
  }
  return text.substr(0, end) + "…";
}

std::string pad(const std::string& text, std::size_t width, Align align) {
  const std::string spaces(width - std::min(width, display_width(text)), ' ');
  return align == Align::left ? text + spaces : spaces + text;
}

} // namespace

std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = cut(cells[i], columns_[i].limit);
  }
  rows_.push_back(std::move(cells));
}

std::string TextTable::to_string(std::size_t indent, std::size_t line_limit) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i == 0 ? "" : "  ") + pad(row[i], widths[i], columns_[i].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += cut(line, line_limit) + '\n';
  }
  return text;
}

} // namespace iccsim::report
