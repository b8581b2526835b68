#include "iccsim/scenario/locate.hpp"

#include "scenario/overrides.hpp"
#include "scenario/reading.hpp"
#include "scenario/yaml_text.hpp"

#include <cstdlib>

namespace iccsim::scenario {
namespace {

/// "[12]" as a number; nothing when the list has no such element.
const Tree* element(const Tree& list, const std::string& step) {
  const auto index = static_cast<std::size_t>(std::strtoul(step.c_str() + 1, nullptr, 10));
  return list.is_sequence() && index < list.items.size() ? &list.items[index] : nullptr;
}

/// "jobs[0].replicas" as "jobs", "[0]", "replicas".
std::vector<std::string> steps_of(const std::string& path) {
  std::vector<std::string> steps(1);
  for (const char c : path) {
    if (c == '.' || c == '[') {
      steps.emplace_back();
    }
    steps.back() += c == '.' ? "" : std::string(1, c);
  }
  return steps;
}

} // namespace

Place locate(const std::filesystem::path& file, const Library& library, const std::vector<Override>& overrides,
             const std::string& path) {
  Diagnostics ignored; // it was read without mistakes before
  Reading reading(library, ignored);
  std::optional<Tree> tree = load_yaml(file, ignored);
  if (!tree) {
    return {file.string(), 0, 0};
  }
  for (const Override& override_ : overrides) {
    const Tree::Entry* models = tree->find("models");
    reading.own_models = models == nullptr ? nullptr : &models->value;
    apply_override(*tree, override_, reading);
  }
  const Tree* at = &*tree;
  Spot spot = at->spot;
  for (const std::string& step : steps_of(path)) {
    const Tree* next = nullptr;
    if (!step.empty() && step.front() == '[') {
      next = element(*at, step);
    } else if (const Tree::Entry* entry = at->find(step)) {
      next = &entry->value;
    }
    if (next == nullptr) {
      break;
    }
    at = next;
    spot = at->spot;
  }
  return spot.place();
}

} // namespace iccsim::scenario
