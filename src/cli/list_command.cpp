// iccsim list: what scenarios can name.
#include "cli/commands.hpp"
#include "cli/library.hpp"
#include "cli/library_tables.hpp"
#include "cli/whole_file.hpp"

#include <cstdio>
#include <memory>

namespace iccsim::cli {
namespace {

ExitStatus list(const std::string& kind) {
  scenario::Diagnostics diagnostics;
  const std::string table = library_table(kind, library(), diagnostics);
  print_result(table);
  if (!diagnostics.empty()) {
    std::fputs(diagnostics.to_string().c_str(), stderr);
    return ExitStatus::invalid_input;
  }
  return ExitStatus::done;
}

} // namespace

void add_list_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("list", "List what scenarios can name");
  auto kind = std::make_shared<std::string>();
  command->add_option("KIND", *kind, "chips, nodes, fabrics, clusters, models or software")
      ->required()
      ->check(CLI::IsMember(library_kinds()));
  command->callback([kind, &status] { status = list(*kind); });
}

} // namespace iccsim::cli
