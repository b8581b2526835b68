// One table per enumeration: its values, how users spell them, what they mean.
//
// Parsing, printing and "did you mean" all read the same table, so they cannot disagree.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace iccsim {

/// One value of an enumeration as users see it.
template <typename Enum> struct EnumRow {
  Enum value;
  std::string_view name; ///< the spelling in scenario files and results, snake_case
  std::string_view help; ///< half a line of meaning
};

/// Specialize with `static constexpr EnumRow<Enum> rows[] = {...};`
template <typename Enum> struct EnumTable;

/// The spelling of `value`; every value of the enumeration is in its table.
template <typename Enum> constexpr std::string_view name_of(Enum value) {
  for (const auto& row : EnumTable<Enum>::rows) {
    if (row.value == value) {
      return row.name;
    }
  }
  return "?";
}

/// The value spelled `name`, or nothing.
template <typename Enum> constexpr std::optional<Enum> parse_enum(std::string_view name) {
  for (const auto& row : EnumTable<Enum>::rows) {
    if (row.name == name) {
      return row.value;
    }
  }
  return std::nullopt;
}

} // namespace iccsim
