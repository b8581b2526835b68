// Two result.json side by side: which figures moved, and by how much.
#pragma once

#include "iccsim/report/junit.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace iccsim::report {

/// One figure that is not the same in both.
struct FigureChange {
  std::string path;
  std::string base;    ///< as written in the file; "" when only the new one has it
  std::string next;    ///< likewise
  double change = 0;   ///< next / base - 1; infinite from zero; 0 when a text changed or one side lacks it
  bool beyond = false; ///< more than the tolerance, or no number to compare
};

struct Comparison {
  std::size_t figures = 0; ///< compared in all
  std::vector<FigureChange> changes;
  bool within_tolerance() const;
};

/// Numbers are compared by relative change; texts and truth values must be equal. `wall_s` and the version are not
/// compared, and rounding (1e-9 of the figure; for a state, of the largest state beside it) is no change. Throws
/// std::invalid_argument when a text is not JSON.
Comparison compare_results(const std::string& base_json, const std::string& new_json, double tolerance);
std::string comparison_text(const Comparison& comparison, double tolerance);
std::vector<TestCase> comparison_cases(const Comparison& comparison);

} // namespace iccsim::report
