#include "scenario/reference.hpp"

#include "scenario/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace iccsim::scenario {
namespace {

namespace fs = std::filesystem;

constexpr int longest_chain = 16; ///< of `base`; longer ones are circles

struct KindRow {
  LibraryKind kind;
  std::string folder;
  std::string path; ///< below the library's root
  std::string noun;
};

const std::array<KindRow, 6>& kinds() {
  static const std::array<KindRow, 6> rows = {{
      {LibraryKind::chips, "chips", "platforms/chips", "a chip"},
      {LibraryKind::nodes, "nodes", "platforms/nodes", "a node type"},
      {LibraryKind::fabrics, "fabrics", "platforms/fabrics", "a fabric"},
      {LibraryKind::clusters, "clusters", "platforms/clusters", "a cluster"},
      {LibraryKind::software, "software", "platforms/software", "a software stack"},
      {LibraryKind::models, "models", "scenarios/models", "a model"},
  }};
  return rows;
}

const KindRow& row_of(LibraryKind kind) {
  return kinds()[static_cast<std::size_t>(kind)];
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

/// `clusters/x` and `platforms/clusters/x` are `x`.
std::string without_folder(const std::string& name, const KindRow& row) {
  for (const std::string& folder : {row.path + "/", row.folder + "/"}) {
    if (starts_with(name, folder)) {
      return name.substr(folder.size());
    }
  }
  return name;
}

void report_unknown_name(const Value& value, const std::string& name, const KindRow& row, Reading& reading) {
  std::vector<std::string> known = reading.names(row.folder);
  std::string from = row.path + "/";
  if (row.kind == LibraryKind::models && reading.own_models != nullptr) {
    for (const Tree::Entry& entry : reading.own_models->entries) {
      known.push_back(entry.key);
    }
    from = "models: of this file or " + from;
  }
  const std::string nearest = nearest_spelling(name, known);
  reading.fail(value, fmt::format("{} leads to no {}", quote(name), row.noun.substr(row.noun.find(' ') + 1)),
               fmt::format("a name from {}, a path to a .yaml file or a mapping", from), did_you_mean(nearest));
}

std::optional<Resolved> read_file(const fs::path& file, const std::string& name, Reading& reading) {
  const std::optional<Tree>& tree = reading.file(file);
  if (!tree) {
    return std::nullopt;
  }
  return Resolved{*tree, "", name};
}

/// A path is relative to the file that holds the reference.
std::optional<Resolved> resolve_path(const Value& value, const KindRow& row, Reading& reading) {
  const fs::path written(value.tree->text);
  const fs::path holder = value.tree->spot.file ? fs::path(*value.tree->spot.file) : fs::path();
  const fs::path file = written.is_absolute() ? written : holder.parent_path() / written;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    reading.fail(value, fmt::format("{} leads to no file", quote(value.tree->text)),
                 fmt::format("{} as a .yaml file, relative to this one", row.noun));
    return std::nullopt;
  }
  return read_file(file, file.stem().string(), reading);
}

/// An entry of the scenario's own `models:`.
std::optional<Resolved> own_model(const std::string& name, const KindRow& row, const Reading& reading) {
  if (row.kind != LibraryKind::models || reading.own_models == nullptr) {
    return std::nullopt;
  }
  const Tree::Entry* entry = reading.own_models->find(name);
  return entry == nullptr ? std::nullopt : std::optional(Resolved{entry->value, "models." + name, name});
}

std::optional<Resolved> resolve_name(const Value& value, const KindRow& row, Reading& reading) {
  const std::string& written = value.tree->text;
  if (ends_with(written, ".yaml") || ends_with(written, ".yml")) {
    return resolve_path(value, row, reading);
  }
  const std::string name = without_folder(written, row);
  if (auto own = own_model(name, row, reading); own && value.path != own->path + ".base") {
    return own;
  }
  const std::vector<std::string>& known = reading.names(row.folder);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    report_unknown_name(value, name, row, reading);
    return std::nullopt;
  }
  return read_file(reading.library().root / row.path / (name + ".yaml"), name, reading);
}

std::optional<Resolved> resolve_step(const Value& value, const KindRow& row, Reading& reading, int chain);

/// A mapping, on top of what its `base` leads to.
std::optional<Resolved> resolve_mapping(Resolved found, const KindRow& row, Reading& reading, int chain) {
  const Tree::Entry* base = found.tree.find("base");
  const std::string own_name = found.tree.text_of("name");
  if (base != nullptr) {
    const Value value = Value(found.tree, found.path).child(*base);
    if (chain >= longest_chain) {
      reading.fail(value, fmt::format("{} is its own base by a detour", quote(base->value.text)), row.noun);
      return std::nullopt;
    }
    std::optional<Resolved> below = resolve_step(value, row, reading, chain + 1);
    if (!below) {
      return std::nullopt;
    }
    Tree overlay = found.tree;
    overlay.entries.erase(overlay.entries.begin() + (base - found.tree.entries.data()));
    found.tree = merged(below->tree, overlay);
    if (found.name.empty() && own_name.empty()) {
      found.name = below->name;
    }
  }
  if (found.name.empty()) { // a file's own name, or that of an entry of models:, is stronger than a `name` inside
    found.name = own_name.empty() ? "custom" : own_name;
  }
  return found;
}

std::optional<Resolved> resolve_step(const Value& value, const KindRow& row, Reading& reading, int chain) {
  if (value.tree->is_scalar()) {
    auto found = resolve_name(value, row, reading);
    return found && found->tree.is_mapping() ? resolve_mapping(std::move(*found), row, reading, chain) : found;
  }
  if (value.tree->is_mapping()) {
    return resolve_mapping(Resolved{*value.tree, value.path, ""}, row, reading, chain);
  }
  const std::string expected = fmt::format("{}: a name from {}/ or a mapping", row.noun, row.path);
  if (value.tree->kind == Tree::Kind::null) {
    reading.fail_at_key(value, "the value is missing", expected);
  } else {
    reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)), expected);
  }
  return std::nullopt;
}

} // namespace

const std::string& folder_of(LibraryKind kind) {
  return row_of(kind).folder;
}

std::filesystem::path path_of(LibraryKind kind) {
  return row_of(kind).path;
}

std::optional<Resolved> resolve(const Value& value, LibraryKind kind, Reading& reading) {
  return resolve_step(value, row_of(kind), reading, 0);
}

} // namespace iccsim::scenario
