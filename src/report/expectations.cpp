#include "iccsim/report/report.hpp"
#include "report/result_tree.hpp"

#include <cmath>

namespace iccsim::report {
namespace {

ExpectationOutcome compare(const nlohmann::ordered_json& tree, const scenario::Expectation& expectation) {
  ExpectationOutcome outcome;
  outcome.expectation = expectation;
  const auto figure = figure_at(tree, expectation.metric);
  if (!figure) {
    return outcome;
  }
  outcome.found = true;
  outcome.simulated = *figure;
  // A reported zero has no relative error: the difference itself is held against the tolerance.
  const double difference = *figure - expectation.value;
  outcome.error = expectation.value != 0 ? difference / std::abs(expectation.value) : difference;
  // The slack is for tolerances such as 5 % that have no exact binary form.
  outcome.pass = std::abs(outcome.error) <= expectation.tolerance * (1 + 1e-12);
  return outcome;
}

} // namespace

std::vector<ExpectationOutcome> compare_expectations(const metrics::Result& result,
                                                     const std::vector<scenario::Expectation>& expectations) {
  std::vector<ExpectationOutcome> outcomes;
  if (expectations.empty()) {
    return outcomes;
  }
  const auto tree = result_tree(result);
  for (const auto& expectation : expectations) {
    outcomes.push_back(compare(tree, expectation));
  }
  return outcomes;
}

} // namespace iccsim::report
