// Names and what they lead to.
#pragma once

#include "scenario/key.hpp"
#include "scenario/reading.hpp"

#include <optional>
#include <string>

namespace iccsim::scenario {

enum class LibraryKind { chips, nodes, fabrics, clusters, software, models };

/// "chips".
const std::string& folder_of(LibraryKind kind);
/// Where the files of a kind lie below the library's root.
std::filesystem::path path_of(LibraryKind kind);

/// A mapping, found: what to read, under which path mistakes in it are reported, and the name it goes by.
struct Resolved {
  Tree tree;
  std::string path;
  std::string name;
};

/// `value` is a name (of the scenario's own models, or of a library file, with or without the kind's folder before it),
/// a relative path that ends in .yaml, or a mapping, which `base: NAME` may start from. A name that leads nowhere is
/// reported with the nearest.
std::optional<Resolved> resolve(const Value& value, LibraryKind kind, Reading& reading);

/// Resolves, then reads with `keys`. False when something was wrong (reported; `value` is distrusted).
template <typename Spec>
bool read_reference(const Value& value, LibraryKind kind, Reading& reading, const Keys<Spec>& keys, Spec& spec,
                    void (*finish)(const Value&, Reading&, Spec&)) {
  const std::size_t before = reading.mistakes();
  if (const std::optional<Resolved> found = resolve(value, kind, reading)) {
    spec.name = found->name;
    const Value root(found->tree, found->path);
    read_mapping(root, reading, keys, spec);
    if (finish != nullptr && root.tree->is_mapping()) {
      finish(root, reading, spec);
    }
  }
  if (reading.mistakes() != before) {
    reading.distrust(value.path);
    return false;
  }
  return true;
}

} // namespace iccsim::scenario
