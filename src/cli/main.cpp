// The command line: parses, calls one command, turns what went wrong into an exit status.
#include "cli/commands.hpp"
#include "cli/invalid_input.hpp"

#include "iccsim/scenario/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>

namespace {

using iccsim::cli::ExitStatus;

void add_commands(CLI::App& app, ExitStatus& status) {
  app.require_subcommand(1);
  app.set_version_flag("--version", "iccsim " ICCSIM_VERSION);
  app.footer("Exit status: 0 done, every expectation met; 1 an expectation or a comparison failed; 2 the input is "
             "invalid;\n3 an error inside iccsim; 130 interrupted.");
  iccsim::cli::add_run_command(app, status);
  iccsim::cli::add_check_command(app, status);
  iccsim::cli::add_verify_command(app, status);
  iccsim::cli::add_compare_command(app, status);
  iccsim::cli::add_list_command(app, status);
  iccsim::cli::add_bench_command(app, status);
  iccsim::cli::add_size_command(app, status);
}

/// CLI11 would only say that a command is required.
void require_known_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') {
    return;
  }
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  const std::string word = argv[1];
  if (std::find(names.begin(), names.end(), word) == names.end()) {
    const std::string near = iccsim::scenario::nearest_spelling(word, names);
    throw iccsim::cli::InvalidInput(fmt::format("unknown command '{}'; expected {}{}", word, fmt::join(names, ", "),
                                                near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
}

ExitStatus run(int argc, char** argv) {
  ExitStatus status = ExitStatus::done;
  CLI::App app("iccsim simulates an intelligent-computing centre: its cards, networks, storage and jobs.", "iccsim");
  add_commands(app, status);
  require_known_command(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // 0 is --help or --version; every other code of CLI11 is a mistake on the command line.
    return app.exit(error) == 0 ? ExitStatus::done : ExitStatus::invalid_input;
  }
  return status;
}

} // namespace

int main(int argc, char** argv) {
  ExitStatus status = ExitStatus::internal_error;
  try {
    status = run(argc, argv);
  } catch (const iccsim::cli::InvalidInput& error) {
    std::fprintf(stderr, "%s\n", error.what());
    status = ExitStatus::invalid_input;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error inside iccsim: %s\nThis is a defect: please report it with the scenario.\n",
                 error.what());
  } catch (...) {
    std::fprintf(stderr, "error inside iccsim: an unknown exception\nThis is a defect: please report it.\n");
  }
  return static_cast<int>(status);
}
