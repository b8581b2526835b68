#include "iccsim/report/verification.hpp"

#include "iccsim/report/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace iccsim::report {
namespace {

/// The q-quantile by linear interpolation between order statistics (R's type 7).
double quantile(const std::vector<double>& ascending, double q) {
  const double position = q * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (position - std::floor(position)) * (ascending[above] - ascending[below]);
}

} // namespace

std::string VerificationRow::paper() const {
  const std::string& source = outcome.expectation.source;
  if (source.empty()) {
    return "(no source)";
  }
  const std::size_t semicolon = source.find(';');
  return source.substr(0, semicolon != std::string::npos ? semicolon : source.find(','));
}

ErrorStatistics error_statistics(const std::vector<const VerificationRow*>& rows) {
  ErrorStatistics statistics;
  std::vector<double> errors;
  for (const auto* row : rows) {
    if (row->ran()) {
      errors.push_back(std::abs(row->outcome.error));
      statistics.within_tolerance += row->pass() ? 1 : 0;
    }
  }
  statistics.rows = errors.size();
  if (errors.empty()) {
    return statistics;
  }
  std::sort(errors.begin(), errors.end());
  double sum = 0;
  for (const double error : errors) {
    sum += error;
  }
  statistics.mean = sum / static_cast<double>(errors.size());
  statistics.median = quantile(errors, 0.5);
  statistics.p90 = quantile(errors, 0.9);
  statistics.worst = errors.back();
  return statistics;
}

void take_outcomes(const std::string& result_json, std::vector<VerificationRow>& rows) {
  const auto tree = nlohmann::json::parse(result_json, nullptr, false);
  if (!tree.is_object() || !tree.contains("expectations") || !tree["expectations"].is_array()) {
    return;
  }
  const auto& list = tree["expectations"];
  for (std::size_t i = 0; i < std::min(rows.size(), list.size()); ++i) {
    auto& outcome = rows[i].outcome;
    const auto& entry = list[i];
    if (entry.value("metric", "") == outcome.expectation.metric && entry.contains("simulated")) {
      outcome.found = true;
      outcome.simulated = entry.value("simulated", 0.0);
      outcome.error = entry.value("error", 0.0);
      outcome.pass = entry.value("pass", false);
    }
  }
}

std::vector<TestCase> verification_cases(const std::vector<VerificationRow>& rows) {
  std::vector<TestCase> cases;
  for (const auto& row : rows) {
    TestCase test{row.paper(), row.scenario + ": " + row.outcome.expectation.metric, "", false};
    if (!row.ran()) {
      test.failure = row.failure.empty() ? "the result has no such figure" : row.failure;
      test.error = true;
    } else if (!row.pass()) {
      test.failure = fmt::format("reported {}, simulated {}: {} off, tolerance {}", row.outcome.expectation.value,
                                 row.outcome.simulated, human_signed_percent(row.outcome.error),
                                 human_percent(row.outcome.expectation.tolerance));
    }
    cases.push_back(std::move(test));
  }
  return cases;
}

} // namespace iccsim::report
