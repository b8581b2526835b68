// Simulated figures against published ones, over many scenarios.
#pragma once

#include "iccsim/report/junit.hpp"
#include "iccsim/report/report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace iccsim::report {

/// One published figure.
struct VerificationRow {
  std::string file;
  std::string scenario;
  std::string chip;
  std::string software;
  ExpectationOutcome outcome;
  std::string failure; ///< why the scenario could not be run; "" when it was

  bool ran() const { return failure.empty() && outcome.found; }
  bool pass() const { return ran() && outcome.pass; }
  /// The publication: `source` up to its first semicolon, or comma where it has none.
  std::string paper() const;
};

/// Of the absolute errors of the rows that ran, as shares.
struct ErrorStatistics {
  std::size_t rows = 0;
  std::size_t within_tolerance = 0;
  double mean = 0, median = 0, p90 = 0, worst = 0;
};

ErrorStatistics error_statistics(const std::vector<const VerificationRow*>& rows);

/// Takes simulated figures from result.json (`expectations`) into rows of the same metrics, in order. What the text
/// does not have stays not found.
void take_outcomes(const std::string& result_json, std::vector<VerificationRow>& rows);

/// Rows by paper, then the statistics in all, by paper, chip and software stack, predictions apart.
std::string verification_text(const std::vector<VerificationRow>& rows);
std::string verification_json(const std::vector<VerificationRow>& rows);
std::vector<TestCase> verification_cases(const std::vector<VerificationRow>& rows);

} // namespace iccsim::report
