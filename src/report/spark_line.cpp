#include "report/spark_line.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace iccsim::report {

std::string spark_line(const std::vector<double>& values, std::size_t width) {
  static constexpr std::array<const char*, 9> heights{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double most = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  const std::size_t columns = std::min(width, values.size());
  std::string line;
  for (std::size_t column = 0; column < columns; ++column) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(column * values.size() / columns);
    const auto last = values.begin() + static_cast<std::ptrdiff_t>((column + 1) * values.size() / columns);
    const double value = *std::max_element(first, last);
    const double height = most > 0 && value > 0 ? std::max(1.0, std::round(8 * value / most)) : 0;
    line += heights[static_cast<std::size_t>(height)];
  }
  return line;
}

} // namespace iccsim::report
