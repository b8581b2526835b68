#include "cli/bench_row.hpp"

#include "cli/exit_status.hpp"

#include <nlohmann/json.hpp>

namespace iccsim::cli {
namespace {

using Json = nlohmann::json;

/// `expectations` of a result.json; none where the run left no such text.
std::vector<report::ExpectationOutcome> outcomes_of(const std::string& result_json) {
  std::vector<report::ExpectationOutcome> outcomes;
  const Json tree = Json::parse(result_json, nullptr, false);
  if (!tree.is_object() || !tree.contains("expectations")) {
    return outcomes;
  }
  for (const Json& entry : tree["expectations"]) {
    report::ExpectationOutcome outcome;
    outcome.expectation.metric = entry.value("metric", "");
    outcome.expectation.value = entry.value("reported", 0.0);
    outcome.expectation.tolerance = entry.value("tolerance", 0.0);
    outcome.found = entry.contains("simulated");
    outcome.simulated = entry.value("simulated", 0.0);
    outcome.error = entry.value("error", 0.0);
    outcome.pass = entry.value("pass", false);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

BenchRow measure_once(const BenchCase& bench) {
  MeasuredRun run = measure_run(bench.file, bench.settings);
  BenchRow row{bench, run.cost, {}, std::move(run.errors)};
  if (bench.settings.empty()) {
    row.outcomes = outcomes_of(run.output);
  }
  return row;
}

} // namespace

bool BenchRow::ran() const {
  const bool other_system = !bench.settings.empty() && cost.exit_status == static_cast<int>(ExitStatus::missed);
  return cost.exit_status == static_cast<int>(ExitStatus::done) || other_system;
}

bool BenchRow::met() const {
  const bool fast = bench.target_wall_s == 0 || cost.wall_s <= bench.target_wall_s;
  const bool small = bench.target_peak_bytes == 0 || cost.peak_bytes <= bench.target_peak_bytes;
  return ran() && fast && small;
}

BenchRow measure(const BenchCase& bench, int repeat) {
  BenchRow row = measure_once(bench);
  for (int i = 1; i < repeat && row.ran(); ++i) {
    BenchRow again = measure_once(bench);
    if (!again.ran() || again.cost.wall_s < row.cost.wall_s) {
      row = std::move(again);
    }
  }
  return row;
}

std::optional<Growth> growth_of(const std::vector<BenchRow>& rows) {
  std::vector<ScalePoint> curve;
  for (const BenchRow& row : rows) {
    if (row.bench.cards == 0) {
      continue;
    }
    if (!row.ran()) {
      return std::nullopt;
    }
    curve.push_back({row.bench.cards, row.cost.cpu_s});
  }
  return growth_of(curve);
}

} // namespace iccsim::cli
