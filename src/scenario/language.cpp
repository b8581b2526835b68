#include "iccsim/scenario/language.hpp"

#include "scenario/scenario_keys.hpp"

namespace iccsim::scenario {
namespace {

/// A node can be a mapping inside a pool, and so on; deeper levels are described where they are declared.
constexpr int deepest = 8;

void describe(const std::vector<KeyInfo>& infos, const std::string& parent, int depth,
              std::vector<KeyDescription>& out) {
  for (const KeyInfo& info : infos) {
    KeyDescription key = info.about;
    key.path = joined(parent, key.path);
    out.push_back(key);
    if (info.children && depth < deepest) {
      const bool list = key.type.find("list of mappings") != std::string::npos;
      const bool named = key.type.find("from names") != std::string::npos;
      describe(info.children(), key.path + (list ? "[]" : named ? ".NAME" : ""), depth + 1, out);
    }
  }
}

} // namespace

std::vector<KeyDescription> describe_language() {
  std::vector<KeyDescription> keys;
  describe(infos_of(scenario_keys()), "", 0, keys);
  return keys;
}

} // namespace iccsim::scenario
