// Quantities as users write them: a number and its unit.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace iccsim::scenario {

/// What a unit measures. Values are held in s, bytes, bytes/s, FLOP/s, W, shares of 1, plain counts, 1/s, the
/// currency, the currency per kWh.
enum class Dimension { time, bytes, bandwidth, flops, power, share, count, rate, money, energy_price };

/// A unit's spelling; `factor` leads to the held unit.
struct UnitRow {
  Dimension dimension;
  std::string_view name;
  double factor;
};

/// Every unit of the language.
const std::vector<UnitRow>& unit_rows();

/// "a time", "a bandwidth".
std::string_view noun(Dimension dimension);
/// "a time in ns, us, ms, s, min, h or d"; shares and counts say how they are written.
std::string expected_quantity(Dimension dimension);

/// Why a text is no quantity, in the user's words.
struct QuantityMistake {
  std::string message;
  std::string hint;
};

/// `text` as a value of `dimension`. Shares take a bare ratio or a percentage, counts a bare number or K, M, B, T.
std::variant<double, QuantityMistake> parse_quantity(std::string_view text, Dimension dimension);

/// A quantity of any dimension, or a bare number; `bare` tells which.
struct AnyQuantity {
  double value = 0;
  bool bare = true;
  Dimension dimension = Dimension::count;
};
std::variant<AnyQuantity, QuantityMistake> parse_any_quantity(std::string_view text);

/// The value in a unit that reads well: "600 ns", "5 %", "15T".
std::string show_quantity(double value, Dimension dimension);

/// The text without blanks at its ends.
std::string_view trimmed(std::string_view text);

} // namespace iccsim::scenario
