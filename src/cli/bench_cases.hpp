// What `iccsim bench` runs, and what a run may cost.
#pragma once

#include <string>
#include <vector>

namespace iccsim::cli {

struct BenchCase {
  std::string name; ///< the file's, and the cards where they vary
  std::string file;
  std::vector<std::string> settings; ///< path=value; what the file expects is not of them
  double target_wall_s = 0;          ///< 0: none
  double target_peak_bytes = 0;      ///< 0: none
};

/// Every *.yaml of `directory`, by name; `scaling` becomes one case for each number of cards. Throws InvalidInput when
/// there is none.
std::vector<BenchCase> bench_cases(const std::string& directory);

} // namespace iccsim::cli
