// iccsim run: simulates a scenario.
#include "cli/commands.hpp"
#include "cli/fit.hpp"
#include "cli/interrupt.hpp"
#include "cli/load_scenario.hpp"
#include "cli/progress_meter.hpp"
#include "cli/resource_scale.hpp"
#include "cli/what_if.hpp"
#include "cli/whole_file.hpp"

#include "iccsim/engine/simulation.hpp"
#include "iccsim/report/report.hpp"
#include "report/left_out_rows.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace iccsim::cli {
namespace {

struct RunOptions {
  std::string file;
  std::string output_directory;
  LoadOptions load;
  std::string network = "bundles";
  bool no_fast_forward = false;
  double play_first = engine::Options().play_first;
  bool no_what_if = false;
  std::vector<std::string> scales;
  bool json = false;
  bool quiet = false;
};

metrics::Result simulate(const scenario::Scenario& scenario, const RunOptions& options) {
  ProgressMeter meter(ProgressMeter::style_for(options.quiet));
  engine::Options engine_options;
  engine_options.network = options.network == "flows" ? engine::NetworkKind::flows : engine::NetworkKind::bundles;
  engine_options.fast_forward = !options.no_fast_forward;
  engine_options.play_first = options.play_first;
  engine_options.resource_scale = resource_scale(options.scales);
  engine_options.on_progress = [&meter](const engine::Progress& progress) { meter.show(progress); };
  if (!options.quiet) {
    engine_options.on_note = [&](const std::string& note) { meter.say(options.file + ": note: " + note); };
  }
  watch_for_interrupt();
  // SimGrid takes SIGINT for itself when its engine is made; by the first question it is, and the signal ours again.
  engine_options.interrupted = [watching = false]() mutable {
    if (!watching) {
      watch_for_interrupt();
      watching = true;
    }
    return interrupted();
  };
  try {
    auto result = engine::simulate(scenario, engine_options);
    result.version = ICCSIM_VERSION;
    return result;
  } catch (const std::invalid_argument& error) { // what only building it shows: a sentence for a user
    throw invalid_at(scenario.file, options.load, "jobs", error.what(), "jobs that can run on the platform");
  }
}

/// What a user should know of the input, beside the results.
void log_notes(const metrics::Result& result) {
  for (const auto& job : result.jobs) {
    if (job.service && job.service->trace && job.service->trace->left_out > 0) {
      std::fprintf(stderr, "%s: note: %s\n", job.name.c_str(), report::left_out_rows(*job.service->trace).c_str());
    }
  }
}

ExitStatus status_of(const metrics::Result& result, const std::vector<report::ExpectationOutcome>& outcomes) {
  if (!result.complete) {
    return ExitStatus::interrupted;
  }
  const bool met = std::all_of(outcomes.begin(), outcomes.end(), [](const auto& outcome) { return outcome.pass; });
  return met ? ExitStatus::done : ExitStatus::missed;
}

ExitStatus run(const RunOptions& options) {
  const auto scenario = load_scenario(options.file, options.load);
  require_fit(scenario, options.load);
  if (!options.output_directory.empty()) {
    make_output_directory(options.output_directory);
  }
  const auto result = simulate(scenario, options);
  if (!options.quiet) {
    log_notes(result);
  }
  report::Notes notes;
  notes.scenario = &scenario;
  for (const auto& [kind, factor] : resource_scale(options.scales)) {
    notes.resource_scale[std::string(name_of(kind))] = factor;
  }
  if (!options.no_what_if) {
    notes.what_if = ask_what_if(result, {options.file, options.load, options.network, options.scales});
  }
  const auto outcomes = report::compare_expectations(result, scenario.expect);
  const std::string json = report::result_json(result, outcomes, notes);
  if (!options.output_directory.empty()) {
    write_whole_file(std::filesystem::path(options.output_directory) / "result.json", json);
  }
  print_result(options.json ? json : report::summary(result, outcomes, notes));
  return status_of(result, outcomes);
}

} // namespace

void add_run_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("run", "Simulate a scenario and print what came out");
  auto options = std::make_shared<RunOptions>();
  command->add_option("FILE", options->file, "the scenario")->required();
  command->add_option("-o,--output", options->output_directory, "write DIR/result.json")->type_name("DIR");
  command->add_option("--set", options->load.settings, "override a key: jobs.pretrain.batch.micro=2 (repeatable)")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--seed", options->load.seed, "override the scenario's seed")->type_name("N");
  command
      ->add_option(
          "--network", options->network,
          "bundles (default) or flows: each flow by itself, to check scenarios that contend, up to some thousands of "
          "cards; slow")
      ->check(CLI::IsMember({"bundles", "flows"}));
  command->add_flag("--no-fast-forward", options->no_fast_forward, "play every step, also those that repeat");
  command
      ->add_option("--play-first", options->play_first,
                   "before steps of jobs that slow one another are skipped, play so many events: what costs less is "
                   "exact")
      ->type_name("EVENTS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--no-what-if", options->no_what_if, "no second run with a faster bottleneck");
  command
      ->add_option("--scale-resource", options->scales,
                   "make all resources of a kind (as the summary names it) so many times as fast: pcie_uplink=1.5 "
                   "(repeatable)")
      ->type_name("KIND=FACTOR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--json", options->json, "print result.json instead of the summary");
  command->add_flag("-q,--quiet", options->quiet, "no progress");
  command->callback([options, &status] { status = run(*options); });
}

} // namespace iccsim::cli
