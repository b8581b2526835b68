// Results as people and programs read them.
#pragma once

#include "iccsim/metrics/result.hpp"
#include "iccsim/report/what_if.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <map>
#include <optional>
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

/// What is known beside the figures of the run.
struct Notes {
  const scenario::Scenario* scenario = nullptr; ///< whose promises (slo) the figures are held against
  std::optional<WhatIf> what_if;
  std::map<std::string, double> resource_scale; ///< kinds of resources that were made so many times as fast
};

/// result.json by the contract.
std::string result_json(const metrics::Result&, const std::vector<ExpectationOutcome>&, const Notes& notes = {});
/// Aligned, with units, a bar for the breakdown; what a planner pastes into a mail.
std::string summary(const metrics::Result&, const std::vector<ExpectationOutcome>&, const Notes& notes = {});

} // namespace iccsim::report
