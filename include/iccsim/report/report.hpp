// Results as people and programs read them.
#pragma once

#include "iccsim/metrics/result.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <string>
#include <vector>

namespace iccsim::report {

/// One line of `expect` compared with a result.
struct ExpectationOutcome {
  scenario::Expectation expectation;
  bool found = false; ///< the metric exists in the result
  double simulated = 0;
  double error = 0; ///< simulated / reported - 1
  bool pass = false;
};

std::vector<ExpectationOutcome> compare_expectations(const metrics::Result&, const std::vector<scenario::Expectation>&);
/// result.json by the contract.
std::string result_json(const metrics::Result&, const std::vector<ExpectationOutcome>&);
/// Aligned, with units, a bar for the breakdown; what a planner pastes into a mail.
std::string summary(const metrics::Result&, const std::vector<ExpectationOutcome>&);

} // namespace iccsim::report
