// The one way in: a file becomes a typed scenario, or a list of mistakes.
#include "scenario/names.hpp"
#include "scenario/overrides.hpp"
#include "scenario/read_jobs.hpp"
#include "scenario/reference.hpp"
#include "scenario/scenario_keys.hpp"
#include "scenario/specs.hpp"
#include "scenario/yaml_text.hpp"

#include "scenario/quote.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

namespace fs = std::filesystem;

/// The file's tree with the overrides applied, or nothing when it is no mapping.
std::optional<Tree> load(const fs::path& file, const std::vector<Override>& overrides, Reading& reading) {
  std::optional<Tree> tree = load_yaml(file, reading.diagnostics());
  if (!tree) {
    return std::nullopt;
  }
  if (!tree->is_mapping()) {
    const bool empty = tree->kind == Tree::Kind::null;
    const Place place = empty ? Place{file.string(), 0, 0} : tree->spot.place();
    reading.diagnostics().add({place, "", empty ? "the file is empty" : fmt::format("the file is {}", noun(tree->kind)),
                               "a mapping with platform and jobs", ""});
    return std::nullopt;
  }
  for (const Override& override_ : overrides) {
    const Tree::Entry* models = tree->find("models");
    reading.own_models = models == nullptr ? nullptr : &models->value;
    apply_override(*tree, override_, reading);
  }
  const Tree::Entry* models = tree->find("models");
  reading.own_models = models == nullptr ? nullptr : &models->value;
  return tree;
}

/// A metric that starts with jobs.NAME names a job of the file.
void check_expectations(const Value& root, Reading& reading, const Scenario& scenario) {
  std::vector<std::string> jobs;
  for (const JobSpec& job : scenario.jobs) {
    jobs.push_back(job.name);
  }
  const Value list = root.seek("expect");
  for (std::size_t i = 0; i < scenario.expect.size() && i < list.tree->items.size(); ++i) {
    const std::string& metric = scenario.expect[i].metric;
    const std::string start = "jobs.";
    if (metric.compare(0, start.size(), start) != 0 || !reading.trusts("jobs")) {
      continue;
    }
    const std::string name = metric.substr(start.size(), metric.find('.', start.size()) - start.size());
    if (std::find(jobs.begin(), jobs.end(), name) == jobs.end()) {
      reading.fail(list.item(i).seek("metric"), fmt::format("the scenario has no job {}", quote(name)), any_of(jobs),
                   did_you_mean(nearest_spelling(name, jobs)));
    }
  }
}

void check(const Value& root, Reading& reading, Scenario& scenario) {
  if (root.tree->find("name") != nullptr && reading.trusts("name")) {
    check_name(root.seek("name"), scenario.name, true, reading);
  }
  if (scenario.jobs.empty() && reading.trusts("jobs")) {
    reading.fail_at_key(root.seek("jobs"), "the scenario has no jobs", "at least one job");
  }
  check_jobs(root, reading, scenario);
  check_health(root, reading, scenario);
  check_expectations(root, reading, scenario);
}

/// A library file on its own.
template <typename Spec>
std::optional<Spec> read_named(const std::string& name, LibraryKind kind, const Library& library,
                               Diagnostics& diagnostics, const Keys<Spec>& keys,
                               void (*finish)(const Value&, Reading&, Spec&)) {
  Tree reference;
  reference.kind = Tree::Kind::scalar;
  reference.text = name;
  reference.spot.file = std::make_shared<const std::string>(folder_of(kind));
  Reading reading(library, diagnostics);
  Spec spec;
  return read_reference(Value(reference, ""), kind, reading, keys, spec, finish) ? std::optional(std::move(spec))
                                                                                 : std::nullopt;
}

} // namespace

std::optional<Scenario> read_scenario(const fs::path& file, const Library& library,
                                      const std::vector<Override>& overrides, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  Reading reading(library, diagnostics);
  const std::optional<Tree> tree = load(file, overrides, reading);
  Scenario scenario;
  scenario.file = file.string();
  scenario.name = file.stem().string();
  if (tree) {
    const Value root(*tree, "");
    read_mapping(root, reading, scenario_keys(), scenario);
    check(root, reading, scenario);
  }
  if (diagnostics.size() == before) {
    return scenario;
  }
  diagnostics.sort();
  return std::nullopt;
}

std::optional<ChipSpec> read_chip(const std::string& name, const Library& library, Diagnostics& diagnostics) {
  return read_named(name, LibraryKind::chips, library, diagnostics, chip_keys(), finish_chip);
}

std::optional<NodeSpec> read_node(const std::string& name, const Library& library, Diagnostics& diagnostics) {
  return read_named(name, LibraryKind::nodes, library, diagnostics, node_keys(), finish_node);
}

std::optional<PlatformSpec> read_cluster(const std::string& name, const Library& library, Diagnostics& diagnostics) {
  return read_named(name, LibraryKind::clusters, library, diagnostics, platform_keys(), finish_platform);
}

std::optional<SoftwareSpec> read_software(const std::string& name, const Library& library, Diagnostics& diagnostics) {
  return read_named<SoftwareSpec>(name, LibraryKind::software, library, diagnostics, software_keys(), nullptr);
}

std::optional<ModelSpec> read_model(const std::string& name, const Library& library, Diagnostics& diagnostics) {
  return read_named(name, LibraryKind::models, library, diagnostics, model_keys(), finish_model);
}

} // namespace iccsim::scenario
