// The kinds of rows that key tables are written with.
#pragma once

#include "scenario/key.hpp"
#include "scenario/quote.hpp"
#include "scenario/scalar.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace iccsim::scenario {

namespace declare {

/// Default of a key as a user would write it, read from a default-constructed structure.
inline std::string shown(bool value) {
  return value ? "true" : "false";
}
inline std::string shown(int value) {
  return std::to_string(value);
}
inline std::string shown(const std::string& value) {
  return value;
}
template <typename Enum, typename = std::enable_if_t<std::is_enum_v<Enum>>> std::string shown(Enum value) {
  return std::string(name_of(value));
}
template <typename T> std::string shown(const std::optional<T>& value) {
  return value ? shown(*value) : "";
}

/// The type inside an optional, or the type itself.
template <typename T> struct Inner { using type = T; };
template <typename T> struct Inner<std::optional<T>> { using type = T; };

inline KeyInfo info(std::string name, std::string type, std::string fallback, std::string range, std::string meaning) {
  KeyInfo info;
  info.about.path = std::move(name);
  info.about.type = std::move(type);
  info.about.default_value = std::move(fallback);
  info.about.range = std::move(range);
  info.about.meaning = std::move(meaning);
  return info;
}

/// A row whose reader returns an optional value for `member`.
template <typename Spec, typename Member, typename Read> Key<Spec> row(KeyInfo info, Member Spec::*member, Read read) {
  return {std::move(info), [member, read](const Value& value, Reading& reading, Spec& spec) {
            if (auto result = read(value, reading)) {
              spec.*member = static_cast<typename Inner<Member>::type>(*result);
            }
          }};
}

} // namespace declare

/// The key must be given.
template <typename Spec> Key<Spec> required(Key<Spec> key) {
  key.info.about.required = true;
  key.info.about.default_value.clear();
  return key;
}

/// Another text for the default, where the structure's own says too little.
template <typename Spec> Key<Spec> by_default(Key<Spec> key, std::string text) {
  key.info.about.default_value = std::move(text);
  return key;
}

template <typename Spec> Key<Spec> text(std::string name, std::string Spec::*member, std::string meaning) {
  return declare::row(declare::info(std::move(name), "a text", declare::shown(Spec{}.*member), "", std::move(meaning)),
                      member, read_text);
}

template <typename Spec, typename Member> Key<Spec> flag(std::string name, Member Spec::*member, std::string meaning) {
  return declare::row(
      declare::info(std::move(name), "true or false", declare::shown(Spec{}.*member), "", std::move(meaning)), member,
      read_flag);
}

/// A whole number; no count of the language comes near the bound.
constexpr double largest_integer = 1e9;

template <typename Spec>
Key<Spec> integer(std::string name, int Spec::*member, std::string meaning, double low = 1,
                  double high = largest_integer) {
  const Range range = range::between(low, high);
  return declare::row(declare::info(std::move(name), "a whole number", declare::shown(Spec{}.*member), range.text(),
                                    std::move(meaning)),
                      member, [range](const Value& v, Reading& r) { return read_integer(v, r, range); });
}

template <typename Spec, typename Member>
Key<Spec> quantity(std::string name, Member Spec::*member, Dimension dimension, Range range, std::string meaning) {
  std::string fallback;
  if constexpr (std::is_same_v<Member, double>) {
    fallback = show_quantity(Spec{}.*member, dimension);
  }
  return declare::row(
      declare::info(std::move(name), expected_quantity(dimension), fallback, range.text(), std::move(meaning)), member,
      [dimension, range](const Value& v, Reading& r) { return read_quantity(v, r, dimension, range); });
}

/// A bare number.
template <typename Spec> Key<Spec> ratio(std::string name, double Spec::*member, Range range, std::string meaning) {
  return declare::row(
      declare::info(std::move(name), "a number", fmt::format("{:g}", Spec{}.*member), range.text(), std::move(meaning)),
      member, [range](const Value& v, Reading& r) { return read_ratio(v, r, range); });
}

/// A word of an enumeration; of an optional one, unset unless it is said.
template <typename Spec, typename Member>
Key<Spec> choice(std::string name, Member Spec::*member, std::string meaning) {
  using Enum = typename declare::Inner<Member>::type;
  return declare::row(
      declare::info(std::move(name), any_of(words_of<Enum>()), declare::shown(Spec{}.*member), "", std::move(meaning)),
      member, read_choice<Enum>);
}

/// Anything else: `read` reports its own mistakes.
template <typename Spec>
Key<Spec> custom(std::string name, std::string type, std::string meaning,
                 std::function<void(const Value&, Reading&, Spec&)> read) {
  return {declare::info(std::move(name), std::move(type), "", "", std::move(meaning)), std::move(read)};
}

/// A mapping with keys of its own.
template <typename Spec, typename Part>
Key<Spec> section(std::string name, Part Spec::*member, const Keys<Part>& (*keys)(), std::string meaning) {
  Key<Spec> key = custom<Spec>(std::move(name), "a mapping", std::move(meaning),
                               [member, keys](const Value& value, Reading& reading, Spec& spec) {
                                 read_mapping(value, reading, keys(), spec.*member);
                               });
  key.info.children = [keys] { return infos_of(keys()); };
  return key;
}

/// A mapping that may be left out as a whole.
template <typename Spec, typename Part>
Key<Spec> optional_section(std::string name, std::optional<Part> Spec::*member, const Keys<Part>& (*keys)(),
                           std::string meaning) {
  Key<Spec> key = custom<Spec>(std::move(name), "a mapping", std::move(meaning),
                               [member, keys](const Value& value, Reading& reading, Spec& spec) {
                                 read_mapping(value, reading, keys(), (spec.*member).emplace());
                               });
  key.info.children = [keys] { return infos_of(keys()); };
  return key;
}

/// A known key that says nothing to the simulator (titles, sources): checked to be text or a list of texts.
template <typename Spec> Key<Spec> remark(std::string name, std::string meaning) {
  return custom<Spec>(std::move(name), "a text or a list of texts", std::move(meaning),
                      [](const Value& value, Reading& reading, Spec&) {
                        for (std::size_t i = 0; i < value.tree->items.size(); ++i) {
                          read_text(value.item(i), reading);
                        }
                        if (!value.tree->is_sequence()) {
                          read_text(value, reading);
                        }
                      });
}

/// A key of the contract whose capability this version lacks. To build it, replace the row.
template <typename Spec> Key<Spec> not_built(std::string name, std::string capability) {
  std::string message = fmt::format("{} {} not built yet in this version of iccsim", quote(name), "is");
  Key<Spec> key =
      custom<Spec>(std::move(name), "", capability, [message, capability](const Value& value, Reading& reading, Spec&) {
        reading.fail_at_key(value, message + " (" + capability + ")", "", "leave the key out");
      });
  key.info.about.built = false;
  return key;
}

} // namespace iccsim::scenario
