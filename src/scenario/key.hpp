// A key of the language, declared once: how it is spelled, what it takes, its default, its meaning, where it goes.
//
// Readers, "unknown key", "missing key" and the language's description all come from these rows.
#pragma once

#include "iccsim/scenario/language.hpp"
#include "scenario/reading.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace iccsim::scenario {

/// What can be said of a key without the structure that it fills.
struct KeyInfo {
  KeyDescription about;                           ///< `path` is the key alone
  std::function<std::vector<KeyInfo>()> children; ///< of a mapping or a list of mappings; empty otherwise
};

template <typename Spec> struct Key {
  KeyInfo info;
  std::function<void(const Value&, Reading&, Spec&)> read;
};

template <typename Spec> using Keys = std::vector<Key<Spec>>;

/// A key and the object that it fills.
struct BoundKey {
  const KeyInfo* info;
  std::function<void(const Value&, Reading&)> read;
};

/// `keys` and `spec` must outlive the result.
template <typename Spec> std::vector<BoundKey> bind(const Keys<Spec>& keys, Spec& spec) {
  std::vector<BoundKey> bound;
  for (const Key<Spec>& key : keys) {
    bound.push_back(
        {&key.info, [&key, &spec](const Value& value, Reading& reading) { key.read(value, reading, spec); }});
  }
  return bound;
}

/// Reads a mapping; reports what is no mapping, unknown keys and missing ones.
void read_mapping(const Value& value, Reading& reading, const std::vector<BoundKey>& keys);

template <typename Spec> void read_mapping(const Value& value, Reading& reading, const Keys<Spec>& keys, Spec& spec) {
  read_mapping(value, reading, bind(keys, spec));
}

/// Rows of several tables in one.
template <typename Spec> Keys<Spec> together(Keys<Spec> first, const Keys<Spec>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

template <typename Spec> std::vector<KeyInfo> infos_of(const Keys<Spec>& keys) {
  std::vector<KeyInfo> infos;
  for (const Key<Spec>& key : keys) {
    infos.push_back(key.info);
  }
  return infos;
}

} // namespace iccsim::scenario
