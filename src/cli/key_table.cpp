#include "cli/key_table.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/scenario/language.hpp"

#include <set>

namespace iccsim::cli {
namespace {

constexpr std::size_t longest_default = 24;
constexpr std::size_t line_limit = 200; ///< types of unit-bearing keys list their units; the first say enough

bool is_at_or_below(const std::string& key, const std::string& path) {
  if (path.empty() || key == path) {
    return true;
  }
  const bool starts = key.compare(0, path.size(), path) == 0;
  return starts && (key[path.size()] == '.' || key[path.size()] == '[');
}

std::string default_text(const scenario::KeyDescription& key) {
  return key.required ? "required" : key.default_value;
}

std::string takes_text(const scenario::KeyDescription& key) {
  return key.range.empty() ? key.type : key.type + ", " + key.range;
}

} // namespace

std::string key_table(const std::string& path) {
  report::TextTable table({{}, {report::Align::left, longest_default}, {}, {}});
  std::set<std::string> shown; // keys that several types of jobs share
  for (const auto& key : scenario::describe_language()) {
    if (key.built && is_at_or_below(key.path, path) && shown.insert(key.path + key.meaning).second) {
      table.add({key.path, default_text(key), key.meaning, takes_text(key)});
    }
  }
  return shown.empty() ? "" : table.to_string(0, line_limit);
}

} // namespace iccsim::cli
