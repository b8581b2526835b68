// The command line: parses, calls one command, turns what went wrong into an exit status.
#include "cli/commands.hpp"
#include "cli/invalid_input.hpp"

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
}

ExitStatus run(int argc, char** argv) {
  ExitStatus status = ExitStatus::done;
  CLI::App app("iccsim simulates an intelligent-computing centre: its cards, networks, storage and jobs.", "iccsim");
  add_commands(app, status);
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
