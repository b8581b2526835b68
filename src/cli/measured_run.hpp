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

/// `iccsim run FILE -q` with this very program and `settings` (path=value), its outputs thrown away.
RunCost measure_run(const std::string& file, const std::vector<std::string>& settings);

} // namespace iccsim::cli
