#include "scenario/unit.hpp"

#include "iccsim/scenario/diagnostics.hpp"
#include "scenario/quote.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace iccsim::scenario {
namespace {

/// A text cut behind its number.
struct Parts {
  double number = 0;
  std::string_view unit;
};

bool starts_number(std::string_view text) {
  const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.size() > sign && ((text[sign] >= '0' && text[sign] <= '9') || text[sign] == '.');
}

std::variant<Parts, QuantityMistake> split(std::string_view text) {
  if (!starts_number(text)) {
    return QuantityMistake{text.empty() ? "the value is empty" : quote(text) + " is not a number", ""};
  }
  const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  Parts parts;
  const auto [rest, error] = std::from_chars(begin, end, parts.number);
  if (error == std::errc::result_out_of_range) {
    return QuantityMistake{quote(text) + " is beyond what a number can hold", ""};
  }
  if (error != std::errc()) {
    return QuantityMistake{quote(text) + " is not a number", ""};
  }
  parts.unit = trimmed(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  return parts;
}

const UnitRow* find_unit(std::string_view name, Dimension dimension) {
  for (const UnitRow& row : unit_rows()) {
    if (row.dimension == dimension && row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

/// Some unit of that spelling, whatever it measures.
const UnitRow* find_unit(std::string_view name) {
  for (const UnitRow& row : unit_rows()) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

std::string nearest_unit(std::string_view name, std::optional<Dimension> dimension) {
  std::vector<std::string> names;
  for (const UnitRow& row : unit_rows()) {
    if (!dimension || row.dimension == *dimension) {
      names.emplace_back(row.name);
    }
  }
  return nearest_spelling(std::string(name), names);
}

QuantityMistake wrong_unit(std::string_view text, std::string_view unit, Dimension dimension) {
  if (unit.empty()) {
    return {quote(text) + " has no unit", ""};
  }
  if (const UnitRow* other = find_unit(unit)) {
    return {fmt::format("{} is {}, not {}", quote(text), noun(other->dimension), noun(dimension)), ""};
  }
  return {"unknown unit " + quote(unit), did_you_mean(nearest_unit(unit, dimension))};
}

bool may_be_bare(Dimension dimension) {
  return dimension == Dimension::share || dimension == Dimension::count;
}

} // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::variant<double, QuantityMistake> parse_quantity(std::string_view text, Dimension dimension) {
  text = trimmed(text);
  const auto parts = split(text);
  if (const auto* mistake = std::get_if<QuantityMistake>(&parts)) {
    return *mistake;
  }
  const auto& [number, unit] = std::get<Parts>(parts);
  if (unit.empty() && may_be_bare(dimension)) {
    return number;
  }
  const UnitRow* row = find_unit(unit, dimension);
  if (row == nullptr) {
    return wrong_unit(text, unit, dimension);
  }
  const double value = number * row->factor;
  if (!std::isfinite(value)) {
    return QuantityMistake{quote(text) + " is beyond what a number can hold", ""};
  }
  return value;
}

std::variant<AnyQuantity, QuantityMistake> parse_any_quantity(std::string_view text) {
  text = trimmed(text);
  const auto parts = split(text);
  if (const auto* mistake = std::get_if<QuantityMistake>(&parts)) {
    return *mistake;
  }
  const auto& [number, unit] = std::get<Parts>(parts);
  if (unit.empty()) {
    return AnyQuantity{number, true, Dimension::count};
  }
  const UnitRow* row = find_unit(unit);
  if (row == nullptr) {
    return QuantityMistake{"unknown unit " + quote(unit), did_you_mean(nearest_unit(unit, std::nullopt))};
  }
  if (!std::isfinite(number * row->factor)) {
    return QuantityMistake{quote(text) + " is beyond what a number can hold", ""};
  }
  return AnyQuantity{number * row->factor, false, row->dimension};
}

std::string show_quantity(double value, Dimension dimension) {
  const UnitRow* best = nullptr;
  for (const UnitRow& row : unit_rows()) { // the largest decimal unit that leaves at least 1
    const bool binary = row.name.find('i') != std::string_view::npos && row.name != "min";
    const bool bits = row.name.find('b') != std::string_view::npos;
    if (row.dimension == dimension && !binary && !bits && (best == nullptr || row.factor > best->factor) &&
        (best == nullptr || std::abs(value) >= row.factor * (1 - 1e-12))) {
      best = &row;
    }
  }
  if (best == nullptr || may_be_bare(dimension) || value == 0) {
    return best == nullptr || may_be_bare(dimension) ? fmt::format("{:g}", value) : fmt::format("0 {}", best->name);
  }
  return fmt::format("{:g} {}", value / best->factor, best->name);
}

} // namespace iccsim::scenario
