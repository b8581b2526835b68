// iccsim bench: what simulations cost, against what they may cost. One after another, so that none slows another.
#include "cli/bench_report.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/library.hpp"
#include "cli/whole_file.hpp"

#include <algorithm>
#include <memory>

namespace iccsim::cli {
namespace {

struct BenchOptions {
  std::string path;
  int repeat = 1;
  bool json = false;
};

ExitStatus bench(const BenchOptions& options) {
  watch_for_interrupt();
  const std::string path = options.path.empty() ? (library().root / "scenarios/benchmarks").string() : options.path;
  std::vector<BenchRow> rows;
  for (const auto& bench : bench_cases(path)) {
    if (interrupted()) {
      break;
    }
    rows.push_back(measure(bench, options.repeat));
  }
  const auto growth = growth_of(rows);
  print_result(options.json ? bench_json(rows, growth) : bench_text(rows, growth));
  if (interrupted()) {
    return ExitStatus::interrupted;
  }
  const bool invalid = std::all_of(rows.begin(), rows.end(), [](const BenchRow& row) {
    return row.cost.exit_status == static_cast<int>(ExitStatus::invalid_input);
  });
  if (invalid && !rows.empty()) {
    return ExitStatus::invalid_input;
  }
  const bool met = std::all_of(rows.begin(), rows.end(), [](const BenchRow& row) { return row.met(); });
  return met && (!growth || growth->met()) ? ExitStatus::done : ExitStatus::missed;
}

} // namespace

void add_bench_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("bench", "Time and memory of simulations, against their targets");
  auto options = std::make_shared<BenchOptions>();
  command->add_option("PATH", options->path, "a benchmark scenario or a directory of them; those of iccsim by default");
  command->add_option("--repeat", options->repeat, "take the fastest of so many runs")->check(CLI::Range(1, 1000));
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &status] { status = bench(*options); });
}

} // namespace iccsim::cli
