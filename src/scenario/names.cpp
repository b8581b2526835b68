#include "scenario/names.hpp"

#include "scenario/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

constexpr std::size_t longest_name = 128;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

} // namespace

void check_name(const Value& value, const std::string& name, bool dots, Reading& reading) {
  const auto fits = [&](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || (dots && c == '.'); };
  if (name.empty() || name.size() > longest_name || !is_letter_or_digit(name[0]) ||
      !std::all_of(name.begin(), name.end(), fits)) {
    reading.fail(value, quote(name) + " cannot be a name",
                 fmt::format("letters, digits, '-'{} '_', a letter or digit first, at most {}",
                             dots ? ", '.' and" : " and", longest_name));
  }
}

void UniqueNames::check(const Value& value, const std::string& name, Reading& reading) {
  check_name(value, name, false, reading);
  const auto [first, is_new] = line_of_.emplace(name, value.tree->spot.line);
  if (!is_new) {
    reading.fail(value, fmt::format("another {} has the name {}", noun_, quote(name)), "a name of its own",
                 first->second > 0 ? fmt::format("the first is in line {}", first->second) : "");
  }
}

} // namespace iccsim::scenario
