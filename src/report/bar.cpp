#include "report/bar.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace iccsim::report {

std::string bar(double share, int width) {
  static constexpr std::array<const char*, 8> partial{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clamped = std::clamp(share, 0.0, 1.0);
  long eighths = std::lround(clamped * width * 8);
  if (clamped > 0) {
    eighths = std::max(1L, eighths);
  }
  std::string text;
  for (long i = 0; i < eighths / 8; ++i) {
    text += "█";
  }
  return text + partial[static_cast<std::size_t>(eighths % 8)];
}

} // namespace iccsim::report
