#include "iccsim/report/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace iccsim::report {
namespace {

struct Unit {
  double size;
  std::string_view name;
};

/// Decimals that leave 3 significant digits of a number, after rounding: 99.96 is 100, not 100.0.
int decimals_of(double magnitude) {
  if (magnitude >= 99.95) {
    return 0;
  }
  if (magnitude >= 9.995) {
    return 1;
  }
  if (magnitude >= 0.9995 || magnitude == 0) {
    return 2;
  }
  return std::isfinite(magnitude) ? std::min(12, 2 - static_cast<int>(std::floor(std::log10(magnitude)))) : 0;
}

std::string group_thousands(std::string digits) {
  const std::size_t first = digits.find_first_of("0123456789");
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t i = point; i > first + 3; i -= 3) {
    digits.insert(i - 3, ",");
  }
  return digits;
}

/// In the largest of `units` (ascending) that the value reaches; a value that rounds up to the next unit takes it.
template <std::size_t n> std::string in_unit(double value, const std::array<Unit, n>& units) {
  const double magnitude = std::abs(value);
  std::size_t chosen = 0;
  while (chosen + 1 < n && magnitude * 1.0005 >= units[chosen + 1].size) {
    ++chosen;
  }
  const Unit& unit = units[value == 0 ? 0 : chosen];
  return fmt::format("{} {}", human_number(value / unit.size), unit.name);
}

} // namespace

std::string human_number(double value) {
  if (value == 0) {
    return "0";
  }
  return group_thousands(fmt::format("{:.{}f}", value, decimals_of(std::abs(value))));
}

std::string human_count(double count) {
  return group_thousands(fmt::format("{:.0f}", count));
}

std::string counted(double count, const char* noun) {
  const std::string number = human_count(count);
  return fmt::format("{} {}{}", number, noun, number == "1" ? "" : "s");
}

std::string human_quantity(double count) {
  static constexpr std::array<Unit, 4> units{{{1e3, "K"}, {1e6, "M"}, {1e9, "B"}, {1e12, "T"}}};
  return std::abs(count) < 1e5 ? human_count(count) : in_unit(count, units);
}

std::string human_percent(double share) {
  const double percent = 100 * share;
  return fmt::format("{:.{}f}%", percent, std::abs(percent) >= 0.1 || percent == 0 ? 1 : 2);
}

std::string human_signed_percent(double share) {
  return fmt::format("{:+.1f}%", 100 * share);
}

std::string human_seconds(double seconds) {
  // Minutes, hours and days start at two of each, so that 90 s stays 90 s.
  static constexpr std::array<Unit, 4> short_units{{{1e-9, "ns"}, {1e-6, "us"}, {1e-3, "ms"}, {1, "s"}}};
  if (std::isnan(seconds)) {
    return "-";
  }
  const double magnitude = std::abs(seconds);
  if (magnitude < 120) {
    return seconds == 0 ? "0 s" : in_unit(seconds, short_units);
  }
  if (magnitude < 2 * 3600) {
    return human_number(seconds / 60) + " min";
  }
  if (magnitude < 2 * 86400) {
    return human_number(seconds / 3600) + " h";
  }
  return human_number(seconds / 86400) + " d";
}

std::string human_bytes(double bytes) {
  static constexpr std::array<Unit, 7> units{
      {{1, "B"}, {1e3, "KB"}, {1e6, "MB"}, {1e9, "GB"}, {1e12, "TB"}, {1e15, "PB"}, {1e18, "EB"}}};
  return in_unit(bytes, units);
}

std::string human_size(double bytes) {
  static constexpr std::array<Unit, 4> units{
      {{1ULL << 40, "TiB"}, {1ULL << 30, "GiB"}, {1ULL << 20, "MiB"}, {1ULL << 10, "KiB"}}};
  for (const Unit& unit : units) {
    if (bytes >= unit.size && std::fmod(bytes, unit.size) == 0) {
      return fmt::format("{} {}", human_count(bytes / unit.size), unit.name);
    }
  }
  return human_bytes(bytes);
}

std::string human_bytes_per_s(double bytes_per_s) {
  return human_bytes(bytes_per_s) + "/s";
}

} // namespace iccsim::report
