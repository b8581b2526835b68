// Lists of the language. One element may stand without brackets where `lone` says so.
#pragma once

#include "scenario/declare.hpp"

#include <algorithm>

namespace iccsim::scenario {

/// Beyond these a list is a mistake or an attack.
constexpr std::size_t longest_list = 10'000;

/// Reports a value that is no list or too long a one.
bool is_list(const Value& value, Reading& reading, std::size_t longest, const std::string& of);

/// `of`: "a list of cards"; `read` gives an optional element.
template <typename Spec, typename Element, typename Read>
Key<Spec> list_of(std::string name, std::vector<Element> Spec::*member, std::string of, std::string meaning, Read read,
                  std::size_t longest = longest_list) {
  return custom<Spec>(std::move(name), of, std::move(meaning),
                      [member, of, read, longest](const Value& value, Reading& reading, Spec& spec) {
                        if (!is_list(value, reading, longest, of)) {
                          return;
                        }
                        for (std::size_t i = 0; i < value.tree->items.size(); ++i) {
                          if (auto element = read(value.item(i), reading)) {
                            (spec.*member).push_back(std::move(*element));
                          }
                        }
                      });
}

/// A list of mappings that share `keys`.
template <typename Spec, typename Element>
Key<Spec> list_of_sections(std::string name, std::vector<Element> Spec::*member, const Keys<Element>& (*keys)(),
                           std::string meaning, std::size_t longest = longest_list) {
  Key<Spec> key = list_of(
      std::move(name), member, "a list of mappings", std::move(meaning),
      [keys](const Value& value, Reading& reading) {
        Element element;
        read_mapping(value, reading, keys(), element);
        return std::optional<Element>(std::move(element));
      },
      longest);
  key.info.children = [keys] { return infos_of(keys()); };
  return key;
}

/// A text or a list of texts.
template <typename Spec>
Key<Spec> texts(std::string name, std::vector<std::string> Spec::*member, std::string meaning) {
  return custom<Spec>(std::move(name), "a text or a list of texts", std::move(meaning),
                      [member](const Value& value, Reading& reading, Spec& spec) {
                        const auto take = [&](const Value& item) {
                          if (auto read = read_text(item, reading)) {
                            (spec.*member).push_back(std::move(*read));
                          }
                        };
                        for (std::size_t i = 0; i < value.tree->items.size(); ++i) {
                          take(value.item(i));
                        }
                        if (!value.tree->is_sequence()) {
                          take(value);
                        }
                      });
}

} // namespace iccsim::scenario
