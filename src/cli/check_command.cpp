// iccsim check: what a scenario means and whether it can run; simulates nothing.
#include "cli/commands.hpp"
#include "cli/describe.hpp"
#include "cli/fit.hpp"
#include "cli/invalid_input.hpp"
#include "cli/load_scenario.hpp"
#include "cli/whole_file.hpp"

#include <cstdio>
#include <memory>

namespace iccsim::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> files;
  LoadOptions load;
};

/// Prints what the file holds; a scenario that cannot run ends in InvalidInput after that.
void check_file(const std::string& file, const LoadOptions& options) {
  const auto scenario = load_scenario(file, options);
  print_result(describe(scenario));
  require_fit(scenario, options);
}

ExitStatus check(const CheckOptions& options) {
  ExitStatus status = ExitStatus::done;
  for (const auto& file : options.files) {
    try {
      check_file(file, options.load);
    } catch (const InvalidInput& error) {
      // The other files deserve their messages too.
      std::fprintf(stderr, "%s\n", error.what());
      status = ExitStatus::invalid_input;
    }
  }
  return status;
}

} // namespace

void add_check_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("check", "Read and validate scenarios; print plans and memory, simulate nothing");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("FILE", options->files, "scenarios")->required();
  command->add_option("--set", options->load.settings, "override a key: jobs.pretrain.batch.micro=2 (repeatable)")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->callback([options, &status] { status = check(*options); });
}

} // namespace iccsim::cli
