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

} // namespace

std::string result_json(const metrics::Result& result, const std::vector<ExpectationOutcome>& outcomes) {
  Json tree = result_tree(result);
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
