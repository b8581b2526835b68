#include "scenario/unit.hpp"

#include <catch2/catch.hpp>

using namespace iccsim::scenario;

namespace {

double value_of(const char* text, Dimension dimension) {
  INFO(text);
  const auto parsed = parse_quantity(text, dimension);
  if (const auto* mistake = std::get_if<QuantityMistake>(&parsed)) {
    FAIL(mistake->message);
  }
  return std::get<double>(parsed);
}

std::string mistake_of(const char* text, Dimension dimension) {
  const auto parsed = parse_quantity(text, dimension);
  const auto* mistake = std::get_if<QuantityMistake>(&parsed);
  return mistake == nullptr ? "none" : mistake->message + (mistake->hint.empty() ? "" : "; " + mistake->hint);
}

} // namespace

TEST_CASE("Quantities are held in base units") {
  struct Row {
    const char* text;
    Dimension dimension;
    double value;
  };
  const Row rows[] = {
      {"600 ns", Dimension::time, 600e-9},
      {"5us", Dimension::time, 5e-6},
      {"1.5 h", Dimension::time, 5400},
      {"30 d", Dimension::time, 2592000},
      {"2 min", Dimension::time, 120},
      {"80 GB", Dimension::bytes, 80e9},
      {"80 GiB", Dimension::bytes, 85899345920.0},
      {"146600628 B", Dimension::bytes, 146600628},
      {"200 Gbps", Dimension::bandwidth, 25e9},
      {"200 Gb/s", Dimension::bandwidth, 25e9},
      {"2.039 TB/s", Dimension::bandwidth, 2.039e12},
      {"312 TFLOPS", Dimension::flops, 312e12},
      {"624 TOPS", Dimension::flops, 624e12},
      {"6.5 kW", Dimension::power, 6500},
      {"5 %", Dimension::share, 0.05},
      {"5%", Dimension::share, 0.05},
      {"0.92", Dimension::share, 0.92},
      {"15T", Dimension::count, 15e12},
      {"175 B", Dimension::count, 175e9},
      {"20", Dimension::count, 20},
      {"12 /s", Dimension::rate, 12},
      {"0.08 USD/kWh", Dimension::energy_price, 0.08},
      {"2.0 CNY", Dimension::money, 2},
      {"  +1e3   s ", Dimension::time, 1000},
      {".5 s", Dimension::time, 0.5},
  };
  for (const Row& row : rows) {
    CHECK(value_of(row.text, row.dimension) == Approx(row.value).epsilon(1e-14));
  }
}

TEST_CASE("A text that is no quantity says why") {
  CHECK(mistake_of("30", Dimension::time) == "'30' has no unit");
  CHECK(mistake_of("30 GB", Dimension::time) == "'30 GB' is an amount of bytes, not a time");
  CHECK(mistake_of("30 Min", Dimension::time) == "unknown unit 'Min'; did you mean 'min'?");
  CHECK(mistake_of("400 gb/s", Dimension::bandwidth) == "unknown unit 'gb/s'; did you mean 'Gb/s'?");
  CHECK(mistake_of("", Dimension::time) == "the value is empty");
  CHECK(mistake_of("nan s", Dimension::time) == "'nan s' is not a number");
  CHECK(mistake_of("-inf s", Dimension::time) == "'-inf s' is not a number");
  CHECK(mistake_of("1e400 s", Dimension::time) == "'1e400 s' is beyond what a number can hold");
  CHECK(mistake_of("1e308 d", Dimension::time) == "'1e308 d' is beyond what a number can hold");
  CHECK(mistake_of("0x10 s", Dimension::time) == "unknown unit 'x10 s'");
}

TEST_CASE("What is shown is what can be read") {
  for (const UnitRow& row : unit_rows()) {
    for (const double value : {row.factor, 3 * row.factor, 250 * row.factor}) {
      const std::string shown = show_quantity(value, row.dimension);
      CHECK(value_of(shown.c_str(), row.dimension) == Approx(value).epsilon(1e-5));
    }
  }
}
