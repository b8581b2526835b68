// One benchmark, measured.
#pragma once

#include "cli/bench_cases.hpp"
#include "cli/bench_growth.hpp"
#include "cli/measured_run.hpp"

#include "iccsim/report/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::cli {

struct BenchRow {
  BenchCase bench;
  RunCost cost;                                     ///< of the fastest run
  std::vector<report::ExpectationOutcome> outcomes; ///< of what the file expects; none where settings change it
  std::string errors;                               ///< what the run said on standard error

  bool ran() const;
  /// It ran, within its targets, and simulated what it expects.
  bool met() const;
};

/// The fastest of `repeat` runs: whatever else the machine does only ever adds. The first that fails ends it.
BenchRow measure(const BenchCase& bench, int repeat);

/// Of the rows of a curve, when all of them ran.
std::optional<Growth> growth_of(const std::vector<BenchRow>& rows);

} // namespace iccsim::cli
