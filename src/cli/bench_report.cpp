#include "cli/bench_report.hpp"

#include "cli/exit_status.hpp"

#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace iccsim::cli {
namespace {

using Json = nlohmann::ordered_json;
using report::ExpectationOutcome;

std::string verdict(const BenchRow& row) {
  if (row.ran()) {
    return row.met() ? "" : "beyond its target";
  }
  switch (row.cost.exit_status) {
  case static_cast<int>(ExitStatus::missed):
    return "misses what it expects";
  case static_cast<int>(ExitStatus::invalid_input):
    return "invalid";
  default:
    return fmt::format("failed with status {}", row.cost.exit_status);
  }
}

std::string table(const std::vector<BenchRow>& rows) {
  using report::Align;
  report::TextTable text(
      {{Align::left}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {Align::left}});
  text.add({"benchmark", "wall", "target", "CPU", "peak", "target", ""});
  for (const auto& row : rows) {
    const auto& bench = row.bench;
    text.add({bench.name, report::human_seconds(row.cost.wall_s),
              bench.target_wall_s > 0 ? report::human_seconds(bench.target_wall_s) : "",
              report::human_seconds(row.cost.cpu_s), report::human_bytes(row.cost.peak_bytes),
              bench.target_peak_bytes > 0 ? report::human_bytes(bench.target_peak_bytes) : "", verdict(row)});
  }
  return text.to_string(0);
}

std::string growth_line(const Growth& growth) {
  const std::string end = growth.met() ? "" : "  beyond its target";
  std::string line = fmt::format("scaling, CPU time a doubling of the cards: x{:.2f} from {} to {}, target below x{:g}",
                                 growth.per_doubling, report::human_count(growth.from_cards),
                                 report::human_count(growth.to_cards), Growth::asked);
  if (!growth.judged()) {
    return line +
           fmt::format(" (not judged: the largest took less than {})\n", report::human_seconds(Growth::shortest_s));
  }
  if (growth.worst > 0) {
    line += fmt::format("; x{:.2f} at most, target below x{:g}", growth.worst, Growth::asked_of_each);
  }
  return line + end + "\n";
}

std::string outcome_line(const ExpectationOutcome& outcome) {
  const auto& expectation = outcome.expectation;
  if (!outcome.found) {
    return fmt::format("  {}: the result has no such figure\n", expectation.metric);
  }
  return fmt::format("  {}: reported {}, simulated {}, {} off, tolerance {}\n", expectation.metric,
                     report::human_number(expectation.value), report::human_number(outcome.simulated),
                     report::human_signed_percent(outcome.error), report::human_percent(expectation.tolerance));
}

/// What it missed, and what it said itself.
std::string reasons(const BenchRow& row) {
  std::string text = "\n" + row.bench.name + ": " + verdict(row) + "\n";
  for (const auto& outcome : row.outcomes) {
    text += outcome.pass ? "" : outcome_line(outcome);
  }
  std::istringstream errors(row.errors);
  for (std::string line; std::getline(errors, line);) {
    text += "  " + line + "\n";
  }
  return text;
}

Json expectations_tree(const std::vector<ExpectationOutcome>& outcomes) {
  Json list = Json::array();
  for (const auto& outcome : outcomes) {
    Json entry{{"metric", outcome.expectation.metric}, {"reported", outcome.expectation.value}};
    if (outcome.found) {
      entry["simulated"] = outcome.simulated;
      entry["error"] = outcome.error;
    }
    entry["tolerance"] = outcome.expectation.tolerance;
    entry["ok"] = outcome.pass;
    list.push_back(std::move(entry));
  }
  return list;
}

Json row_tree(const BenchRow& row) {
  Json entry{{"name", row.bench.name},
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
  if (!row.outcomes.empty()) {
    entry["expectations"] = expectations_tree(row.outcomes);
  }
  if (!row.ran() && !row.errors.empty()) {
    entry["errors"] = row.errors;
  }
  entry["met"] = row.met();
  return entry;
}

Json growth_tree(const Growth& growth) {
  Json tree{{"from_cards", growth.from_cards},
            {"to_cards", growth.to_cards},
            {"cpu_growth_per_doubling", growth.per_doubling},
            {"target_growth_per_doubling", Growth::asked}};
  if (growth.worst > 0) {
    tree["worst_doubling"] = growth.worst;
    tree["target_worst_doubling"] = Growth::asked_of_each;
  }
  tree["judged"] = growth.judged();
  tree["met"] = growth.met();
  return tree;
}

} // namespace

std::string bench_text(const std::vector<BenchRow>& rows, const std::optional<Growth>& growth) {
  std::string text = table(rows);
  if (growth) {
    text += "\n" + growth_line(*growth);
  }
  for (const auto& row : rows) {
    text += row.ran() ? "" : reasons(row);
  }
  return text;
}

std::string bench_json(const std::vector<BenchRow>& rows, const std::optional<Growth>& growth) {
  Json list = Json::array();
  for (const auto& row : rows) {
    list.push_back(row_tree(row));
  }
  Json tree{{"benchmarks", list}};
  if (growth) {
    tree["scaling"] = growth_tree(*growth);
  }
  // What a run says quotes its file: bytes that are no UTF-8 are replaced, never an error.
  return tree.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace iccsim::cli
