#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/verification_groups.hpp"

#include <fmt/format.h>

namespace iccsim::report {
namespace {

/// jobs.pretrain.step_s.mean reads as step_s.mean: the row's scenario says the rest.
std::string short_metric(const std::string& metric) {
  if (metric.compare(0, 5, "jobs.") != 0) {
    return metric;
  }
  const std::size_t dot = metric.find('.', 5);
  return dot == std::string::npos ? metric : metric.substr(dot + 1);
}

std::vector<std::string> cells_of(const VerificationRow& row) {
  const auto& outcome = row.outcome;
  std::vector<std::string> cells{row.scenario, short_metric(outcome.expectation.metric),
                                 human_number(outcome.expectation.value)};
  const std::string kind = outcome.expectation.calibration ? "calibration" : "prediction";
  const std::string tolerance = human_percent(outcome.expectation.tolerance);
  if (!row.ran()) {
    const std::string why = row.failure.empty() ? "no such figure" : row.failure;
    cells.insert(cells.end(), {"", "", tolerance, kind, why});
  } else {
    cells.insert(cells.end(), {human_number(outcome.simulated), human_signed_percent(outcome.error), tolerance, kind,
                               outcome.pass ? "ok" : "MISS"});
  }
  return cells;
}

std::string rows_text(const RowPointers& rows) {
  TextTable table({{Align::left, 40},
                   {Align::left, 26},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {},
                   {Align::left, 120}});
  table.add({"row", "figure", "reported", "simulated", "error", "tolerance", "kind"});
  for (const auto* row : rows) {
    table.add(cells_of(*row));
  }
  return table.to_string(2);
}

void add_statistics(TextTable& table, const std::string& name, const RowPointers& rows) {
  const auto s = error_statistics(rows);
  if (s.rows == 0) {
    table.add({name, "0", human_count(static_cast<double>(rows.size()))});
    return;
  }
  table.add({name, human_count(static_cast<double>(s.rows)), human_count(static_cast<double>(rows.size() - s.rows)),
             human_count(static_cast<double>(s.within_tolerance)), human_percent(s.mean), human_percent(s.median),
             human_percent(s.p90), human_percent(s.worst)});
}

TextTable statistics_table(const std::string& title) {
  TextTable table({{Align::left, 60},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right},
                   {Align::right}});
  table.add({title, "rows", "failed", "within", "mean", "median", "p90", "worst"});
  return table;
}

} // namespace

std::string verification_text(const std::vector<VerificationRow>& rows) {
  const auto by = groupings(rows);
  std::string text;
  for (const auto& [paper, group] : by.front().groups) {
    text += paper + "\n" + rows_text(group) + "\n";
  }
  auto total = statistics_table("absolute error");
  add_statistics(total, "all rows", all_rows(rows));
  add_statistics(total, "predictions only", predictions(all_rows(rows)));
  text += total.to_string(0);
  for (const auto& grouping : by) {
    auto table = statistics_table(fmt::format("by {}, predictions only", grouping.by));
    for (const auto& [name, group] : grouping.groups) {
      add_statistics(table, name, predictions(group));
    }
    text += "\n" + table.to_string(0);
  }
  return text;
}

} // namespace iccsim::report
