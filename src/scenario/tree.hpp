// A YAML file as a tree of plain values, each with its place.
//
// Built once from the parser's events, so that limits hold before anything is expanded, and owned by value, so that
// overrides and `base:` can edit a copy.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iccsim::scenario {

/// Place without a copy of the file's name in every node.
struct Spot {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;

  Place place() const { return {file ? *file : std::string(), line, column}; }
};

struct Tree {
  enum class Kind { null, scalar, sequence, mapping };
  struct Entry;

  Kind kind = Kind::null;
  Spot spot;
  std::string text;           ///< kind scalar
  bool quoted = false;        ///< kind scalar: written in quotes, so it is text and no number
  std::vector<Tree> items;    ///< kind sequence
  std::vector<Entry> entries; ///< kind mapping, in file order, keys unique

  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_mapping() const { return kind == Kind::mapping; }
  /// The entry of a mapping, or nullptr (also when this is no mapping).
  const Entry* find(std::string_view key) const;
  Entry* find(std::string_view key);
  /// The text of scalar entry `key`, or "".
  std::string text_of(std::string_view key) const;
};

struct Tree::Entry {
  std::string key;
  Spot spot; ///< of the key
  Tree value;
};

/// What users call a kind: "a list".
std::string_view noun(Tree::Kind kind);

/// `overlay` wins: mappings merge key by key, everything else is replaced. Where the base holds a name and the overlay
/// a mapping without `base`, the name becomes the overlay's `base`.
Tree merged(const Tree& base, const Tree& overlay);

} // namespace iccsim::scenario
