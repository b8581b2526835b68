#include "report/labelled_lines.hpp"

#include "iccsim/report/text_table.hpp"

#include <algorithm>
#include <sstream>

namespace iccsim::report {

std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> pieces;
  std::string piece;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!piece.empty() && display_width(piece) + 1 + display_width(word) > width) {
      pieces.push_back(piece);
      piece.clear();
    }
    piece += (piece.empty() ? "" : " ") + word;
  }
  if (!piece.empty()) {
    pieces.push_back(piece);
  }
  return pieces;
}

std::string LabelledLines::to_string(std::size_t indent) const {
  std::size_t label_width = 0;
  for (const auto& line : lines_) {
    label_width = std::max(label_width, display_width(line.first));
  }
  TextTable table({{}, {}});
  for (const auto& [label, text] : lines_) {
    bool first = true;
    for (const auto& piece : wrap(text, page_width - indent - label_width - 2)) {
      table.add({first ? label : "", piece});
      first = false;
    }
  }
  return table.to_string(indent);
}

} // namespace iccsim::report
