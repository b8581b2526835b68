// iccsim list: what scenarios can name.
#include "cli/commands.hpp"
#include "cli/invalid_input.hpp"
#include "cli/key_table.hpp"
#include "cli/library.hpp"
#include "cli/library_tables.hpp"
#include "cli/whole_file.hpp"

#include <cstdio>
#include <memory>

namespace iccsim::cli {
namespace {

ExitStatus list_keys(const std::string& path) {
  const std::string table = key_table(path);
  if (table.empty()) {
    throw InvalidInput("list keys " + path + ": no key of the language begins so; try jobs[].dataset or platform");
  }
  print_result(table);
  return ExitStatus::done;
}

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
  auto path = std::make_shared<std::string>();
  std::vector<std::string> kinds = library_kinds();
  kinds.emplace_back("keys");
  command->add_option("KIND", *kind, "chips, nodes, fabrics, clusters, models, software, or keys of the language")
      ->required()
      ->check(CLI::IsMember(kinds));
  command->add_option("PATH", *path, "keys: those at and below it, such as jobs[].dataset");
  command->callback([kind, path, &status] {
    if (*kind != "keys" && !path->empty()) {
      throw InvalidInput("list " + *kind + " " + *path + ": only keys have a path");
    }
    status = *kind == "keys" ? list_keys(*path) : list(*kind);
  });
}

} // namespace iccsim::cli
