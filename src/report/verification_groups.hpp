// Rows of a verification grouped for statistics.
#pragma once

#include "iccsim/report/verification.hpp"

#include <map>
#include <string>
#include <vector>

namespace iccsim::report {

using RowPointers = std::vector<const VerificationRow*>;

/// One way to group: `by` is "paper", "chip" or "software".
struct Grouping {
  const char* by;
  std::map<std::string, RowPointers> groups;
};

RowPointers all_rows(const std::vector<VerificationRow>& rows);
/// Rows that fixed no calibration.
RowPointers predictions(const RowPointers& rows);
std::vector<Grouping> groupings(const std::vector<VerificationRow>& rows);

} // namespace iccsim::report
