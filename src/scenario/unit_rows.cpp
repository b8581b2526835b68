// The units of the language, in one table.
#include "scenario/unit.hpp"

#include "scenario/quote.hpp"

namespace iccsim::scenario {
namespace {

using D = Dimension;

constexpr double KiB = 1024.0, MiB = KiB * KiB, GiB = MiB * KiB, TiB = GiB * KiB, PiB = TiB * KiB;
constexpr double bit = 1.0 / 8.0; // bytes

} // namespace

const std::vector<UnitRow>& unit_rows() {
  static const std::vector<UnitRow> rows = {
      {D::time, "ns", 1e-9},
      {D::time, "us", 1e-6},
      {D::time, "ms", 1e-3},
      {D::time, "s", 1},
      {D::time, "min", 60},
      {D::time, "h", 3600},
      {D::time, "d", 86400},
      {D::bytes, "B", 1},
      {D::bytes, "KB", 1e3},
      {D::bytes, "MB", 1e6},
      {D::bytes, "GB", 1e9},
      {D::bytes, "TB", 1e12},
      {D::bytes, "PB", 1e15},
      {D::bytes, "KiB", KiB},
      {D::bytes, "MiB", MiB},
      {D::bytes, "GiB", GiB},
      {D::bytes, "TiB", TiB},
      {D::bytes, "PiB", PiB},
      {D::bandwidth, "B/s", 1},
      {D::bandwidth, "KB/s", 1e3},
      {D::bandwidth, "MB/s", 1e6},
      {D::bandwidth, "GB/s", 1e9},
      {D::bandwidth, "TB/s", 1e12},
      {D::bandwidth, "KiB/s", KiB},
      {D::bandwidth, "MiB/s", MiB},
      {D::bandwidth, "GiB/s", GiB},
      {D::bandwidth, "TiB/s", TiB},
      {D::bandwidth, "Mbps", 1e6 * bit},
      {D::bandwidth, "Gbps", 1e9 * bit},
      {D::bandwidth, "Tbps", 1e12 * bit},
      {D::bandwidth, "Mb/s", 1e6 * bit},
      {D::bandwidth, "Gb/s", 1e9 * bit},
      {D::bandwidth, "Tb/s", 1e12 * bit},
      {D::flops, "FLOPS", 1},
      {D::flops, "GFLOPS", 1e9},
      {D::flops, "TFLOPS", 1e12},
      {D::flops, "PFLOPS", 1e15},
      {D::flops, "EFLOPS", 1e18},
      {D::flops, "TOPS", 1e12},
      {D::flops, "POPS", 1e15},
      {D::power, "W", 1},
      {D::power, "kW", 1e3},
      {D::power, "MW", 1e6},
      {D::share, "%", 0.01},
      {D::count, "K", 1e3},
      {D::count, "M", 1e6},
      {D::count, "B", 1e9},
      {D::count, "T", 1e12},
      {D::rate, "/s", 1},
      {D::rate, "/min", 1.0 / 60},
      {D::rate, "/h", 1.0 / 3600},
      {D::money, "USD", 1},
      {D::money, "CNY", 1},
      {D::energy_price, "USD/kWh", 1},
      {D::energy_price, "CNY/kWh", 1},
  };
  return rows;
}

std::string_view noun(Dimension dimension) {
  switch (dimension) {
  case D::time:
    return "a time";
  case D::bytes:
    return "an amount of bytes";
  case D::bandwidth:
    return "a bandwidth";
  case D::flops:
    return "a compute rate";
  case D::power:
    return "a power";
  case D::share:
    return "a share";
  case D::count:
    return "a count";
  case D::rate:
    return "a rate";
  case D::money:
    return "an amount of money";
  case D::energy_price:
    return "a price of energy";
  }
  return "a number";
}

std::string expected_quantity(Dimension dimension) {
  if (dimension == D::share) {
    return "a share as a ratio or in %";
  }
  if (dimension == D::count) {
    return "a count, bare or with K, M, B or T";
  }
  std::vector<std::string> units;
  for (const UnitRow& row : unit_rows()) {
    if (row.dimension == dimension) {
      units.emplace_back(row.name);
    }
  }
  return std::string(noun(dimension)) + " in " + any_of(units);
}

} // namespace iccsim::scenario
