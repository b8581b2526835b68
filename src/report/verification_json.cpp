#include "report/verification_groups.hpp"

#include <nlohmann/json.hpp>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;

Json row_tree(const VerificationRow& row) {
  const auto& outcome = row.outcome;
  Json tree{{"file", row.file},
            {"scenario", row.scenario},
            {"chip", row.chip},
            {"software", row.software},
            {"source", outcome.expectation.source},
            {"metric", outcome.expectation.metric},
            {"reported", outcome.expectation.value},
            {"tolerance", outcome.expectation.tolerance},
            {"calibration", outcome.expectation.calibration},
            {"pass", row.pass()}};
  if (row.ran()) {
    tree["simulated"] = outcome.simulated;
    tree["error"] = outcome.error;
  } else {
    tree["failure"] = row.failure.empty() ? "no such figure" : row.failure;
  }
  return tree;
}

Json statistics_tree(const RowPointers& rows) {
  const auto s = error_statistics(rows);
  return Json{{"rows", s.rows},
              {"failed", rows.size() - s.rows},
              {"within_tolerance", s.within_tolerance},
              {"mean", s.mean},
              {"median", s.median},
              {"p90", s.p90},
              {"worst", s.worst}};
}

/// With and without the rows that fixed a calibration.
Json both_statistics(const RowPointers& rows) {
  return Json{{"all", statistics_tree(rows)}, {"predictions", statistics_tree(predictions(rows))}};
}

} // namespace

std::string verification_json(const std::vector<VerificationRow>& rows) {
  Json list = Json::array();
  for (const auto& row : rows) {
    list.push_back(row_tree(row));
  }
  Json summary{{"total", both_statistics(all_rows(rows))}};
  for (const auto& grouping : groupings(rows)) {
    Json groups = Json::object();
    for (const auto& [name, group] : grouping.groups) {
      groups[name] = both_statistics(group);
    }
    summary[std::string("by_") + grouping.by] = groups;
  }
  const Json tree{{"rows", list}, {"absolute_error", summary}};
  return tree.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace iccsim::report
