#include "scenario/scalar.hpp"

#include "scenario/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace iccsim::scenario {
namespace {

/// The value as a bare number, or nothing (reported, with `expected`).
std::optional<double> read_bare(const Value& value, Reading& reading, const std::string& expected) {
  if (!is_single_value(value, reading, expected)) {
    return std::nullopt;
  }
  const std::string& text = value.tree->text;
  if (value.tree->quoted) {
    reading.fail(value, quote(text) + " in quotes is a text, not a number", expected);
    return std::nullopt;
  }
  const auto parsed = parse_any_quantity(text);
  if (const auto* mistake = std::get_if<QuantityMistake>(&parsed)) {
    reading.fail(value, mistake->message, expected);
    return std::nullopt;
  }
  if (!std::get<AnyQuantity>(parsed).bare) {
    reading.fail(value, quote(text) + " has a unit", expected);
    return std::nullopt;
  }
  return std::get<AnyQuantity>(parsed).value;
}

} // namespace

bool is_single_value(const Value& value, Reading& reading, const std::string& expected) {
  if (value.tree->is_scalar()) {
    return true;
  }
  if (value.tree->kind == Tree::Kind::null) {
    reading.fail_at_key(value, "the value is missing", expected);
  } else {
    reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)), expected);
  }
  return false;
}

std::optional<std::string> read_text(const Value& value, Reading& reading) {
  return is_single_value(value, reading, "a text") ? std::optional(value.tree->text) : std::nullopt;
}

std::optional<bool> read_flag(const Value& value, Reading& reading) {
  if (!is_single_value(value, reading, "true or false")) {
    return std::nullopt;
  }
  const std::string& text = value.tree->text;
  if (!value.tree->quoted && (text == "true" || text == "false")) {
    return text == "true";
  }
  const std::vector<std::string> yes = {"yes", "on", "1", "True", "TRUE", "y"}, no = {"no", "off", "0", "False", "n"};
  const auto is_in = [&](const auto& words) { return std::find(words.begin(), words.end(), text) != words.end(); };
  const std::string nearest = is_in(yes) ? "true" : is_in(no) ? "false" : nearest_spelling(text, {"true", "false"});
  reading.fail(value, quote(text) + " is neither true nor false", "true or false", did_you_mean(nearest));
  return std::nullopt;
}

std::optional<int> read_integer(const Value& value, Reading& reading, const Range& range) {
  const std::string expected = "a whole number " + range.text();
  const auto number = read_bare(value, reading, expected);
  if (!number) {
    return std::nullopt;
  }
  if (*number != std::floor(*number)) {
    reading.fail(value, quote(value.tree->text) + " is not a whole number", expected);
    return std::nullopt;
  }
  if (!range.holds(*number)) {
    reading.fail(value, quote(value.tree->text) + " is out of range", expected);
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<std::uint64_t> read_seed(const Value& value, Reading& reading) {
  const std::string expected = "a whole number of at most 64 bits";
  if (!is_single_value(value, reading, expected)) {
    return std::nullopt;
  }
  const std::string& text = value.tree->text;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    reading.fail(value, quote(text) + " is not a seed", expected);
    return std::nullopt;
  }
  return seed;
}

std::optional<double> read_quantity(const Value& value, Reading& reading, Dimension dimension, const Range& range) {
  const std::string expected = expected_quantity(dimension);
  if (!is_single_value(value, reading, expected)) {
    return std::nullopt;
  }
  const auto parsed = parse_quantity(value.tree->text, dimension);
  if (const auto* mistake = std::get_if<QuantityMistake>(&parsed)) {
    reading.fail(value, mistake->message, expected, mistake->hint);
    return std::nullopt;
  }
  const double number = std::get<double>(parsed);
  if (!range.holds(number)) {
    reading.fail(value, quote(value.tree->text) + " is out of range",
                 fmt::format("{} {}", noun(dimension), range.text()));
    return std::nullopt;
  }
  return number;
}

std::optional<double> read_ratio(const Value& value, Reading& reading, const Range& range) {
  const std::string expected = "a number " + range.text();
  const auto number = read_bare(value, reading, expected);
  if (number && !range.holds(*number)) {
    reading.fail(value, quote(value.tree->text) + " is out of range", expected);
    return std::nullopt;
  }
  return number;
}

std::optional<std::size_t> read_word(const Value& value, Reading& reading, const std::vector<std::string>& words) {
  const std::string expected = any_of(words);
  if (!is_single_value(value, reading, expected)) {
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), value.tree->text);
  if (found == words.end()) {
    const std::string& text = value.tree->text;
    reading.fail(value, "unknown value " + quote(text), expected, did_you_mean(nearest_spelling(text, words)));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

} // namespace iccsim::scenario
