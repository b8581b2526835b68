// Single values: text, numbers, quantities, words of an enumeration. A mistake is reported and gives nothing.
#pragma once

#include "iccsim/enum_table.hpp"
#include "scenario/range.hpp"
#include "scenario/reading.hpp"
#include "scenario/unit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario {

/// Reports when `value` is no single value; `expected` says what it should be.
bool is_single_value(const Value& value, Reading& reading, const std::string& expected);

std::optional<std::string> read_text(const Value& value, Reading& reading);
std::optional<bool> read_flag(const Value& value, Reading& reading);
/// A whole number, bare.
std::optional<int> read_integer(const Value& value, Reading& reading, const Range& range);
std::optional<std::uint64_t> read_seed(const Value& value, Reading& reading);
std::optional<double> read_quantity(const Value& value, Reading& reading, Dimension dimension, const Range& range);
/// A number without a unit.
std::optional<double> read_ratio(const Value& value, Reading& reading, const Range& range);
/// One of `words`; the index.
std::optional<std::size_t> read_word(const Value& value, Reading& reading, const std::vector<std::string>& words);

template <typename Enum> std::vector<std::string> words_of() {
  std::vector<std::string> words;
  for (const auto& row : EnumTable<Enum>::rows) {
    words.emplace_back(row.name);
  }
  return words;
}

template <typename Enum> std::optional<Enum> read_choice(const Value& value, Reading& reading) {
  const auto index = read_word(value, reading, words_of<Enum>());
  return index ? std::optional<Enum>(EnumTable<Enum>::rows[*index].value) : std::nullopt;
}

} // namespace iccsim::scenario
