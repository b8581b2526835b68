// Keys that every file of the library and every mapping in its stead may have.
#pragma once

#include "scenario/declare.hpp"

namespace iccsim::scenario {

/// The version of the scenario language.
constexpr int language_version = 1;

template <typename Spec> Key<Spec> version_key() {
  Key<Spec> key = custom<Spec>("version", "the number 1", "of the scenario language",
                               [](const Value& value, Reading& reading, Spec&) {
                                 const auto read = read_integer(value, reading, range::between(1, largest_integer));
                                 if (read && *read != language_version) {
                                   reading.fail(value, fmt::format("version {} is not known", *read), "version 1");
                                 }
                               });
  key.info.about.default_value = "1";
  return key;
}

template <typename Spec> Keys<Spec> file_keys() {
  Key<Spec> base = remark<Spec>("base", "what to start from: the other keys of the mapping override it");
  base.info.about.type = "a name";
  return {version_key<Spec>(), remark<Spec>("name", "what the mapping goes by; a file goes by its own name"),
          std::move(base)};
}

/// For structures that keep neither.
template <typename Spec> Keys<Spec> remark_keys() {
  return {remark<Spec>("title", "one line for people"), remark<Spec>("sources", "where the numbers are printed")};
}

} // namespace iccsim::scenario
