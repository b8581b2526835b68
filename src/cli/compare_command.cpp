// iccsim compare: the regression check of two result.json.
#include "cli/commands.hpp"
#include "cli/invalid_input.hpp"
#include "cli/share_option.hpp"
#include "cli/whole_file.hpp"

#include "iccsim/report/comparison.hpp"

#include <memory>
#include <stdexcept>

namespace iccsim::cli {
namespace {

struct CompareOptions {
  std::string base;
  std::string next;
  std::string tolerance = "1%";
  std::string junit;
};

report::Comparison compare_files(const CompareOptions& options, double tolerance) {
  const std::string base = read_whole_file(options.base);
  const std::string next = read_whole_file(options.next);
  try {
    return report::compare_results(base, next, tolerance);
  } catch (const std::invalid_argument& error) {
    throw InvalidInput(options.base + " and " + options.next + ": " + error.what());
  }
}

ExitStatus compare(const CompareOptions& options) {
  const double tolerance = parse_share(options.tolerance, "--tolerance");
  const auto comparison = compare_files(options, tolerance);
  if (!options.junit.empty()) {
    write_whole_file(options.junit, report::junit_xml("iccsim compare", report::comparison_cases(comparison)));
  }
  print_result(report::comparison_text(comparison, tolerance));
  return comparison.within_tolerance() ? ExitStatus::done : ExitStatus::missed;
}

} // namespace

void add_compare_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("compare", "Say which figures of two result.json differ");
  auto options = std::make_shared<CompareOptions>();
  command->add_option("BASE", options->base, "the result.json to compare with")->required();
  command->add_option("NEW", options->next, "the result.json to judge")->required();
  command->add_option("--tolerance", options->tolerance, "largest change that passes (default 1%)")->type_name("SHARE");
  command->add_option("--junit", options->junit, "write the outcome as JUnit XML")->type_name("FILE");
  command->callback([options, &status] { status = compare(*options); });
}

} // namespace iccsim::cli
