#include "scenario/key.hpp"

#include "scenario/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace iccsim::scenario {
namespace {

const BoundKey* find(const std::vector<BoundKey>& keys, const std::string& name) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const BoundKey& key) { return key.info->about.path == name; });
  return found == keys.end() ? nullptr : &*found;
}

/// Returns the key that the user may have meant, or "".
std::string report_unknown(const Value& value, const std::string& name, Reading& reading,
                           const std::vector<BoundKey>& keys) {
  std::vector<std::string> names;
  for (const BoundKey& key : keys) {
    if (key.info->about.built) {
      names.push_back(key.info->about.path);
    }
  }
  const std::string nearest = nearest_spelling(name, names);
  std::string expected = nearest.empty() ? any_of(names) : "";
  reading.fail_at_key(value, "unknown key " + quote(name), std::move(expected), did_you_mean(nearest));
  return nearest;
}

void report_missing(const Value& mapping, const KeyInfo& key, Reading& reading) {
  Value place = mapping;
  place.path = joined(mapping.path, key.about.path);
  reading.fail(place, fmt::format("key {} is missing", quote(key.about.path)),
               fmt::format("{} ({})", key.about.type, key.about.meaning));
}

} // namespace

void read_mapping(const Value& value, Reading& reading, const std::vector<BoundKey>& keys) {
  if (!value.tree->is_mapping()) {
    if (value.tree->kind == Tree::Kind::null) {
      reading.fail_at_key(value, "the value is missing", "a mapping");
    } else {
      reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)), "a mapping");
    }
    return;
  }
  std::set<std::string> misspelt; // reported as unknown, so not as missing too
  for (const Tree::Entry& entry : value.tree->entries) {
    const Value child = value.child(entry);
    if (const BoundKey* key = find(keys, entry.key)) {
      key->read(child, reading);
    } else {
      const std::string meant = report_unknown(child, entry.key, reading, keys);
      misspelt.insert(meant);
      reading.distrust(meant.empty() ? meant : joined(value.path, meant)); // what it should say is not known
    }
  }
  for (const BoundKey& key : keys) {
    const std::string& name = key.info->about.path;
    if (key.info->about.required && value.tree->find(name) == nullptr && misspelt.count(name) == 0) {
      report_missing(value, *key.info, reading);
    }
  }
}

} // namespace iccsim::scenario
