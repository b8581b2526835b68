// The top of a scenario file.
#include "scenario/scenario_keys.hpp"

#include "scenario/file_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/read_jobs.hpp"
#include "scenario/reference.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using S = Scenario;
using D = Dimension;

/// Models that no job names are checked too.
void read_models(const Value& value, Reading& reading, S&) {
  if (!value.tree->is_mapping()) {
    reading.fail(value, fmt::format("this is {}", noun(value.tree->kind)), "a mapping from names to models");
    return;
  }
  for (const Tree::Entry& entry : value.tree->entries) {
    ModelSpec model;
    read_reference(value.child(entry), LibraryKind::models, reading, model_keys(), model, finish_model);
  }
}

void read_platform(const Value& value, Reading& reading, S& scenario) {
  read_reference(value, LibraryKind::clusters, reading, platform_keys(), scenario.platform, finish_platform);
}

/// The one scheduler of this version; rows move here as others are built.
void read_scheduler(const Value& value, Reading& reading, S& scenario) {
  const auto only = [](const char* name, const char* built, std::vector<std::string> known) {
    return custom<S>(name, any_of(known), "", [=](const Value& v, Reading& r, S&) {
      const auto word = read_word(v, r, known);
      if (word && known[*word] != built) {
        r.fail(v, quote(known[*word]) + " is not built yet in this version of iccsim", built);
      }
    });
  };
  static const Keys<S> keys = {
      only("policy", "fifo", {"fifo", "backfill", "fair_share", "priority"}),
      only("placement", "packed", {"packed", "spread", "topology"}),
  };
  read_mapping(value, reading, keys, scenario);
}

/// Mappings that remember where they stand, for what can be said only later.
template <typename Element>
Key<S> placed_list(const char* name, std::vector<Element> S::*member, const Keys<Element>& (*keys)(),
                   const char* meaning) {
  Key<S> key = list_of(name, member, "a list of mappings", meaning, [keys](const Value& value, Reading& reading) {
    Element element;
    element.place = value.tree->spot.place();
    read_mapping(value, reading, keys(), element);
    return std::optional<Element>(std::move(element));
  });
  key.info.children = [keys] { return infos_of(keys()); };
  return key;
}

Key<S> jobs_key() {
  Key<S> key = list_of("jobs", &S::jobs, "a list of mappings", "what runs on the cluster", read_job);
  key.info.children = [] { return describe_job_keys(); };
  return required(std::move(key));
}

Key<S> platform_key() {
  Key<S> key = custom<S>("platform", "a name from platforms/clusters/ or a mapping", "the cluster", read_platform);
  key.info.children = [] { return infos_of(platform_keys()); };
  return required(std::move(key));
}

} // namespace

const Keys<S>& scenario_keys() {
  static const Keys<S> keys = {
      version_key<S>(),
      by_default(text("name", &S::name, "of the scenario, in results"), "the file's name"),
      text("title", &S::title, "one line for people"),
      declare::row(
          declare::info("seed", "a whole number", "1", "", "the same file, seed and version give the same bytes"),
          &S::seed, read_seed),
      quantity("duration", &S::duration_s, D::time, range::positive, "the horizon; default: until every job has ended"),
      platform_key(),
      custom<S>("models", "a mapping from names to models", "more than the library offers", read_models),
      jobs_key(),
      custom<S>("scheduler", "a mapping", "in which order jobs start, and where", read_scheduler),
      placed_list("stragglers", &S::stragglers, straggler_keys, "nodes or cards that compute more slowly"),
      placed_list("faults", &S::faults, fault_keys, "links that have less bandwidth for a while"),
      placed_list("expect", &S::expect, expectation_keys, "what a report or a paper says"),
      remark<S>("sources", "where the numbers are printed"),
      not_built<S>("failures", "failures and restarts"),
      not_built<S>("facility", "energy and money"),
      not_built<S>("sites", "several sites"),
  };
  return keys;
}

} // namespace iccsim::scenario
