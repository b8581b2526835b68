// What every reader needs: a value with its path, and where mistakes go.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"
#include "iccsim/scenario/scenario.hpp"
#include "scenario/tree.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace iccsim::scenario {

/// A value of a file and the path that leads to it. Views a tree that outlives it.
struct Value {
  const Tree* tree = nullptr;
  std::string path;
  Spot key; ///< where its key stands; of a list item or a whole file: where the value starts

  Value(const Tree& tree_, std::string path_) : tree(&tree_), path(std::move(path_)), key(tree_.spot) {}
  Value child(const Tree::Entry& entry) const;
  Value item(std::size_t index) const;
  /// The value at `below` ("parallelism.tensor"), or the deepest one on the way there that exists. Its path is the
  /// whole one either way.
  Value seek(std::string_view below) const;
};

/// "a" + "b" is "a.b"; an empty parent adds nothing.
std::string joined(const std::string& parent, std::string_view key);

/// One reading of one scenario: names, mistakes, and which paths cannot be relied upon any more.
class Reading {
public:
  Reading(const Library& library, Diagnostics& diagnostics) : library_(library), diagnostics_(diagnostics) {}

  const Library& library() const { return library_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  std::size_t mistakes() const { return diagnostics_.size(); }

  /// A mistake at the value itself.
  void fail(const Value& at, std::string message, std::string expected = {}, std::string hint = {});
  /// A mistake at the value's key.
  void fail_at_key(const Value& at, std::string message, std::string expected = {}, std::string hint = {});
  /// The value at `path` is not what the user meant: rules that read it are not checked.
  void distrust(const std::string& path) {
    if (!path.empty()) {
      distrusted_.insert(path);
    }
  }
  /// Neither the path, nor what holds it, nor anything below it is distrusted.
  bool trusts(const std::string& path) const;

  /// A file's tree, read once; nothing when it cannot be read (the mistake has been reported).
  const std::optional<Tree>& file(const std::filesystem::path& path);
  /// What the library offers, listed once.
  const std::vector<std::string>& names(const std::string& kind);

  /// `models:` of the scenario, or nullptr.
  const Tree* own_models = nullptr;

private:
  const Library& library_;
  Diagnostics& diagnostics_;
  std::set<std::string> distrusted_;
  std::map<std::filesystem::path, std::optional<Tree>> files_;
  std::map<std::string, std::vector<std::string>> names_;
};

} // namespace iccsim::scenario
