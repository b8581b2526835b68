// What a simulation costs: time and memory of a process of its own.
#pragma once

#include <string>
#include <vector>

namespace iccsim::cli {

struct RunCost {
  int exit_status = 0; ///< of the child; 3 when a signal ended it
  double wall_s = 0;
  double cpu_s = 0;      ///< user and system
  double peak_bytes = 0; ///< resident
};

struct MeasuredRun {
  RunCost cost;
  std::string output; ///< result.json, where there is one
  std::string errors; ///< what it said on standard error
};

/// `iccsim run FILE --json -q` with this very program and `settings` (path=value).
MeasuredRun measure_run(const std::string& file, const std::vector<std::string>& settings);

} // namespace iccsim::cli
