// iccsim bench: what simulations cost, against what they may cost. One after another, so that none slows another.
#include "cli/bench_cases.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/library.hpp"
#include "cli/measured_run.hpp"
#include "cli/whole_file.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace iccsim::cli {
namespace {

using Json = nlohmann::ordered_json;

struct BenchOptions {
  std::string directory;
  int repeat = 1;
  bool json = false;
};

struct BenchRow {
  BenchCase bench;
  RunCost cost; ///< of the fastest run

  bool ran() const {
    const bool other = !bench.settings.empty() && cost.exit_status == static_cast<int>(ExitStatus::missed);
    return cost.exit_status == 0 || other;
  }
  bool met() const {
    const bool fast = bench.target_wall_s == 0 || cost.wall_s <= bench.target_wall_s;
    const bool small = bench.target_peak_bytes == 0 || cost.peak_bytes <= bench.target_peak_bytes;
    return ran() && fast && small;
  }
};

/// The fastest of several runs: whatever else the machine does only ever adds.
BenchRow measure(const BenchCase& bench, int repeat) {
  BenchRow row{bench, measure_run(bench.file, bench.settings)};
  for (int i = 1; i < repeat && row.ran(); ++i) {
    const RunCost again = measure_run(bench.file, bench.settings);
    row.cost = !BenchRow{bench, again}.ran() || again.wall_s < row.cost.wall_s ? again : row.cost;
  }
  return row;
}

std::string table(const std::vector<BenchRow>& rows) {
  using report::Align;
  report::TextTable text(
      {{Align::left}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {Align::left}});
  text.add({"benchmark", "wall", "target", "CPU", "peak", "target", ""});
  for (const auto& [bench, cost] : rows) {
    const BenchRow row{bench, cost};
    text.add({bench.name, report::human_seconds(cost.wall_s),
              bench.target_wall_s > 0 ? report::human_seconds(bench.target_wall_s) : "",
              report::human_seconds(cost.cpu_s), report::human_bytes(cost.peak_bytes),
              bench.target_peak_bytes > 0 ? report::human_bytes(bench.target_peak_bytes) : "",
              !row.ran()  ? fmt::format("failed with status {}", cost.exit_status)
              : row.met() ? ""
                          : "beyond its target"});
  }
  return text.to_string(0);
}

std::string json(const std::vector<BenchRow>& rows) {
  Json list = Json::array();
  for (const auto& row : rows) {
    Json entry = {{"name", row.bench.name},
                  {"exit_status", row.cost.exit_status},
                  {"wall_s", row.cost.wall_s},
                  {"cpu_s", row.cost.cpu_s},
                  {"peak_bytes", row.cost.peak_bytes}};
    if (row.bench.target_wall_s > 0) {
      entry["target_wall_s"] = row.bench.target_wall_s;
    }
    if (row.bench.target_peak_bytes > 0) {
      entry["target_peak_bytes"] = row.bench.target_peak_bytes;
    }
    entry["met"] = row.met();
    list.push_back(entry);
  }
  return Json{{"benchmarks", list}}.dump(2) + "\n";
}

ExitStatus bench(const BenchOptions& options) {
  watch_for_interrupt();
  const std::string directory =
      options.directory.empty() ? (library().root / "scenarios/benchmarks").string() : options.directory;
  std::vector<BenchRow> rows;
  bool all_met = true;
  for (const auto& bench : bench_cases(directory)) {
    if (interrupted()) {
      break;
    }
    rows.push_back(measure(bench, options.repeat));
    all_met = all_met && rows.back().met();
  }
  print_result(options.json ? json(rows) : table(rows));
  return interrupted() ? ExitStatus::interrupted : all_met ? ExitStatus::done : ExitStatus::missed;
}

} // namespace

void add_bench_command(CLI::App& app, ExitStatus& status) {
  auto* command = app.add_subcommand("bench", "Time and memory of simulations, against their targets");
  auto options = std::make_shared<BenchOptions>();
  command->add_option("DIRECTORY", options->directory, "of benchmark scenarios; those of iccsim by default");
  command->add_option("--repeat", options->repeat, "take the fastest of so many runs")->check(CLI::Range(1, 1000));
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &status] { status = bench(*options); });
}

} // namespace iccsim::cli
