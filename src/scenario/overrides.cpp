#include "scenario/overrides.hpp"

#include "scenario/quote.hpp"
#include "scenario/reference.hpp"
#include "scenario/yaml_text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace iccsim::scenario {
namespace {

const std::string source = "--set";

Spot nowhere() {
  return {std::make_shared<const std::string>(source), 0, 0};
}

/// A walk along one path. `rest` is what is left of it, `done` what has been walked.
struct Walk {
  Reading& reading;
  std::string path;
  std::string_view rest;
  std::string key; ///< the last mapping key that was passed

  std::string done() const {
    const std::size_t length = path.size() - rest.size();
    return path.substr(0, length > 0 && path[length - 1] == '.' ? length - 1 : length);
  }
  void fail(std::string message, std::string expected, std::string hint = "") {
    reading.diagnostics().add({nowhere().place(), path, std::move(message), std::move(expected), std::move(hint)});
  }
};

/// Whether `rest` goes on with `word` as a whole step.
bool begins_with_step(std::string_view rest, std::string_view word) {
  return rest.substr(0, word.size()) == word &&
         (rest.size() == word.size() || rest[word.size()] == '.' || rest[word.size()] == '[');
}

std::string_view next_word(std::string_view rest) {
  return rest.substr(0, rest.find_first_of(".["));
}

void advance(Walk& walk, std::size_t length) {
  walk.rest.remove_prefix(length);
  if (!walk.rest.empty() && walk.rest.front() == '.') {
    walk.rest.remove_prefix(1);
  }
}

/// The entry that the next step names; names may hold dots, so the longest known one wins. A new key is appended.
Tree* step_into_mapping(Tree& at, Walk& walk) {
  Tree::Entry* best = nullptr;
  for (Tree::Entry& entry : at.entries) {
    if (begins_with_step(walk.rest, entry.key) && (best == nullptr || entry.key.size() > best->key.size())) {
      best = &entry;
    }
  }
  if (best == nullptr) {
    const std::string_view word = next_word(walk.rest);
    if (word.empty()) {
      walk.fail(fmt::format("{} is a mapping", walk.done().empty() ? "this" : quote(walk.done())), "the name of a key");
      return nullptr;
    }
    Tree fresh;
    fresh.spot = nowhere();
    at.entries.push_back({std::string(word), nowhere(), std::move(fresh)});
    best = &at.entries.back();
  }
  walk.key = best->key;
  best->spot = nowhere();
  advance(walk, best->key.size());
  return &best->value;
}

Tree* step_by_index(Tree& at, Walk& walk) {
  const auto close = walk.rest.find(']');
  std::size_t index = 0;
  const char* end = walk.rest.data() + (close == std::string_view::npos ? walk.rest.size() : close);
  const auto [stop, error] = std::from_chars(walk.rest.data() + 1, end, index);
  if (close == std::string_view::npos || error != std::errc() || stop != end || index >= at.items.size()) {
    walk.fail(fmt::format("{} has {} elements", quote(walk.done()), at.items.size()),
              at.items.empty() ? "a list with elements" : fmt::format("[0] to [{}]", at.items.size() - 1));
    return nullptr;
  }
  advance(walk, close + 1);
  return &at.items[index];
}

Tree* step_by_name(Tree& at, Walk& walk) {
  std::vector<std::string> names;
  Tree* best = nullptr;
  std::size_t longest = 0;
  for (Tree& item : at.items) {
    const std::string name = item.text_of("name");
    if (name.empty()) {
      continue;
    }
    names.push_back(name);
    if (begins_with_step(walk.rest, name) && name.size() > longest) {
      best = &item;
      longest = name.size();
    }
  }
  if (best == nullptr) {
    const std::string word(next_word(walk.rest));
    walk.fail(fmt::format("{} has no element named {}", quote(walk.done()), quote(word)),
              names.empty() ? "an index: [0]" : any_of(names) + ", or an index: [0]",
              did_you_mean(nearest_spelling(word, names)));
    return nullptr;
  }
  advance(walk, longest);
  return best;
}

/// Keys whose value may be a name, and where the name leads.
std::optional<LibraryKind> reference_of(const std::string& key) {
  static const std::map<std::string, LibraryKind> kinds = {
      {"platform", LibraryKind::clusters}, {"fabric", LibraryKind::fabrics}, {"type", LibraryKind::nodes},
      {"chip", LibraryKind::chips},        {"model", LibraryKind::models},   {"software", LibraryKind::software}};
  const auto found = kinds.find(key);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

/// A name becomes the mapping that it leads to, under the same name.
bool open_reference(Tree& at, Walk& walk) {
  const auto kind = reference_of(walk.key);
  const bool has_base = at.is_mapping() && at.find("base") != nullptr;
  if (!kind || !(at.is_scalar() || has_base)) {
    return !at.is_scalar();
  }
  auto found = resolve(Value(at, walk.done()), *kind, walk.reading);
  if (!found || !found->tree.is_mapping()) {
    return false;
  }
  Tree name;
  name.kind = Tree::Kind::scalar;
  name.spot = at.spot;
  name.text = found->name;
  if (Tree::Entry* entry = found->tree.find("name")) {
    entry->value = std::move(name);
  } else {
    found->tree.entries.push_back({"name", at.spot, std::move(name)});
  }
  at = std::move(found->tree);
  return true;
}

/// One step, or nullptr (reported).
Tree* step(Tree& at, Walk& walk) {
  if (at.kind == Tree::Kind::null && walk.rest.front() != '[') {
    at.kind = Tree::Kind::mapping; // a key that the file leaves out
  }
  const std::size_t before = walk.reading.mistakes();
  if ((at.is_scalar() || at.is_mapping()) && !open_reference(at, walk)) {
    if (walk.reading.mistakes() == before) {
      walk.fail(fmt::format("{} holds a single value", quote(walk.done())), "a path that ends there");
    }
    return nullptr;
  }
  if (at.is_mapping() && walk.rest.front() != '[') {
    return step_into_mapping(at, walk);
  }
  if (at.is_sequence()) {
    return walk.rest.front() == '[' ? step_by_index(at, walk) : step_by_name(at, walk);
  }
  walk.fail(fmt::format("{} is {}", quote(walk.done()), noun(at.kind)), "a list before [");
  return nullptr;
}

} // namespace

void apply_override(Tree& root, const Override& override_, Reading& reading) {
  Walk walk{reading, override_.first, {}, ""};
  walk.rest = walk.path;
  if (walk.rest.empty()) {
    walk.fail("the path is empty", "path=value");
    return;
  }
  Diagnostics problems;
  const std::optional<Tree> value = parse_yaml(override_.second, source, false, problems);
  for (const Diagnostic& problem : problems.list()) {
    walk.fail("the value: " + problem.message, problem.expected);
  }
  if (!value) {
    return;
  }
  Tree* at = &root;
  while (at != nullptr && !walk.rest.empty()) {
    at = step(*at, walk);
  }
  if (at != nullptr) {
    *at = *value;
  }
}

} // namespace iccsim::scenario
