#include "cli/share_option.hpp"

#include "cli/invalid_input.hpp"

#include <cmath>
#include <cstdlib>

namespace iccsim::cli {

double parse_share(const std::string& text, const std::string& option) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const bool has_number = end != text.c_str();
  while (*end == ' ') {
    ++end;
  }
  const std::string unit(end);
  const bool known_unit = unit.empty() || unit == "%";
  if (!has_number || !known_unit || !std::isfinite(number) || number < 0) {
    throw InvalidInput(option + " " + text + ": expected a share such as 1% or 0.01");
  }
  return unit == "%" ? number / 100 : number;
}

} // namespace iccsim::cli
