#include "scenario/reading.hpp"

#include "scenario/yaml_text.hpp"

namespace iccsim::scenario {
namespace {

/// Some element of `paths` lies below `path`.
bool holds_any(const std::string& path, const std::set<std::string>& paths) {
  for (const char separator : {'.', '['}) {
    const std::string start = path.empty() ? path : path + separator;
    const auto next = paths.lower_bound(start);
    if (next != paths.end() && next->compare(0, start.size(), start) == 0) {
      return true;
    }
  }
  return false;
}

} // namespace

std::string joined(const std::string& parent, std::string_view key) {
  return parent.empty() ? std::string(key) : parent + "." + std::string(key);
}

Value Value::child(const Tree::Entry& entry) const {
  Value value(entry.value, joined(path, entry.key));
  value.key = entry.spot;
  return value;
}

Value Value::item(std::size_t index) const {
  return Value(tree->items[index], path + "[" + std::to_string(index) + "]");
}

Value Value::seek(std::string_view below) const {
  Value at = *this;
  std::string_view rest = below;
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    const Tree::Entry* entry = at.tree->find(rest.substr(0, dot));
    if (entry == nullptr) {
      break;
    }
    at = at.child(*entry);
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  }
  at.path = joined(path, below);
  return at;
}

void Reading::fail(const Value& at, std::string message, std::string expected, std::string hint) {
  diagnostics_.add({at.tree->spot.place(), at.path, std::move(message), std::move(expected), std::move(hint)});
  distrust(at.path);
}

void Reading::fail_at_key(const Value& at, std::string message, std::string expected, std::string hint) {
  diagnostics_.add({at.key.place(), at.path, std::move(message), std::move(expected), std::move(hint)});
  distrust(at.path);
}

bool Reading::trusts(const std::string& path) const {
  for (std::size_t end = path.find_first_of(".["); end != std::string::npos; end = path.find_first_of(".[", end + 1)) {
    if (distrusted_.count(path.substr(0, end)) != 0) {
      return false;
    }
  }
  return distrusted_.count(path) == 0 && !holds_any(path, distrusted_);
}

const std::optional<Tree>& Reading::file(const std::filesystem::path& path) {
  const auto known = files_.find(path);
  return known != files_.end() ? known->second : files_.emplace(path, load_yaml(path, diagnostics_)).first->second;
}

const std::vector<std::string>& Reading::names(const std::string& kind) {
  const auto known = names_.find(kind);
  return known != names_.end() ? known->second : names_.emplace(kind, library_.names(kind)).first->second;
}

} // namespace iccsim::scenario
