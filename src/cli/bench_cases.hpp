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
  int cards = 0;                     ///< of a size of `scaling`, whose growth is judged; 0: judged by itself
};

/// The file, or every *.yaml of the directory, by name; `scaling` becomes one case for each number of cards, from small
/// to large. Throws InvalidInput when there is none.
std::vector<BenchCase> bench_cases(const std::string& path);

} // namespace iccsim::cli
