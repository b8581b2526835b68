#include "report/verification_groups.hpp"

namespace iccsim::report {

RowPointers all_rows(const std::vector<VerificationRow>& rows) {
  RowPointers pointers;
  for (const auto& row : rows) {
    pointers.push_back(&row);
  }
  return pointers;
}

RowPointers predictions(const RowPointers& rows) {
  RowPointers kept;
  for (const auto* row : rows) {
    if (!row->outcome.expectation.calibration) {
      kept.push_back(row);
    }
  }
  return kept;
}

std::vector<Grouping> groupings(const std::vector<VerificationRow>& rows) {
  std::vector<Grouping> all{{"paper", {}}, {"chip", {}}, {"software", {}}};
  for (const auto& row : rows) {
    all[0].groups[row.paper()].push_back(&row);
    all[1].groups[row.chip.empty() ? "?" : row.chip].push_back(&row);
    all[2].groups[row.software.empty() ? "none" : row.software].push_back(&row);
  }
  return all;
}

} // namespace iccsim::report
