#include "iccsim/report/report.hpp"
#include "report/result_tree.hpp"

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;

Json outcome_tree(const ExpectationOutcome& outcome) {
  const auto& expectation = outcome.expectation;
  Json tree{{"metric", expectation.metric}, {"reported", expectation.value}};
  if (outcome.found) {
    tree["simulated"] = outcome.simulated;
    tree["error"] = outcome.error;
  }
  tree["tolerance"] = expectation.tolerance;
  tree["pass"] = outcome.pass;
  tree["calibration"] = expectation.calibration;
  tree["source"] = expectation.source;
  return tree;
}

Json bottleneck_tree(const Bottleneck& bottleneck) {
  return Json{{"kinds", bottleneck.kinds}, {"name", bottleneck.name}, {"saturated_s", bottleneck.saturated_s}};
}

Json what_if_tree(const WhatIf& what_if) {
  Json tree = bottleneck_tree(what_if.bottleneck);
  if (!what_if.not_tried.empty()) {
    tree["not_tried"] = what_if.not_tried;
    return tree;
  }
  tree["factor"] = what_if.factor;
  Json jobs = Json::object();
  for (const auto& row : what_if.jobs) {
    jobs[row.job][row.figure] = {{"before", row.before}, {"after", row.after}};
  }
  tree["jobs"] = jobs;
  if (what_if.next) {
    tree["next"] = bottleneck_tree(*what_if.next);
  }
  return tree;
}

} // namespace

std::string result_json(const metrics::Result& result, const std::vector<ExpectationOutcome>& outcomes,
                        const Notes& notes) {
  Json tree = result_tree(result);
  if (!notes.resource_scale.empty()) {
    tree["resource_scale"] = notes.resource_scale;
  }
  if (notes.what_if) {
    tree["what_if"] = what_if_tree(*notes.what_if);
  }
  if (!outcomes.empty()) {
    Json list = Json::array();
    for (const auto& outcome : outcomes) {
      list.push_back(outcome_tree(outcome));
    }
    tree["expectations"] = list;
  }
  // Names come from users: bytes that are no UTF-8 are replaced, never an error.
  return tree.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace iccsim::report
