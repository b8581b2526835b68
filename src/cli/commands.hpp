// The commands: each adds itself to the command line, and leaves its exit status in `status` when it was called.
#pragma once

#include "cli/exit_status.hpp"

#include <CLI/CLI.hpp>

namespace iccsim::cli {

void add_run_command(CLI::App& app, ExitStatus& status);
void add_check_command(CLI::App& app, ExitStatus& status);
void add_verify_command(CLI::App& app, ExitStatus& status);
void add_compare_command(CLI::App& app, ExitStatus& status);
void add_list_command(CLI::App& app, ExitStatus& status);
void add_bench_command(CLI::App& app, ExitStatus& status);
void add_size_command(CLI::App& app, ExitStatus& status);

} // namespace iccsim::cli
