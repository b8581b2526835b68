#include "scenario/tree.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::scenario {

const Tree::Entry* Tree::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

Tree::Entry* Tree::find(std::string_view key) {
  return const_cast<Entry*>(std::as_const(*this).find(key));
}

std::string Tree::text_of(std::string_view key) const {
  const Entry* entry = find(key);
  return entry != nullptr && entry->value.is_scalar() ? entry->value.text : std::string();
}

std::string_view noun(Tree::Kind kind) {
  switch (kind) {
  case Tree::Kind::null:
    return "nothing";
  case Tree::Kind::scalar:
    return "a single value";
  case Tree::Kind::sequence:
    return "a list";
  case Tree::Kind::mapping:
    return "a mapping";
  }
  return "nothing";
}

Tree merged(const Tree& base, const Tree& overlay) {
  if (!overlay.is_mapping() || base.kind == Tree::Kind::null || base.is_sequence()) {
    return overlay;
  }
  if (base.is_scalar()) {
    Tree result = overlay;
    if (result.find("base") == nullptr) {
      result.entries.push_back({"base", base.spot, base});
    }
    return result;
  }
  Tree result = base;
  result.spot = overlay.spot;
  for (const Tree::Entry& entry : overlay.entries) {
    if (Tree::Entry* known = result.find(entry.key)) {
      known->value = merged(known->value, entry.value);
      known->spot = entry.spot;
    } else {
      result.entries.push_back(entry);
    }
  }
  return result;
}

} // namespace iccsim::scenario
