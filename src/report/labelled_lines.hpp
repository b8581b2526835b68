// "  label     text" lines whose texts line up and wrap.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace iccsim::report {

/// Columns of the summary: what a mail shows without wrapping.
inline constexpr std::size_t page_width = 100;

/// Pieces of at most `width` columns, broken at spaces; a longer word stays whole.
std::vector<std::string> wrap(const std::string& text, std::size_t width);

class LabelledLines {
public:
  void add(std::string label, std::string text) { lines_.emplace_back(std::move(label), std::move(text)); }
  std::string to_string(std::size_t indent) const;

private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

} // namespace iccsim::report
