// A scenario as the command line asks for it.
#pragma once

#include "iccsim/scenario/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace iccsim::cli {

struct LoadOptions {
  std::vector<std::string> settings; ///< `--set path=value`, as typed
  std::optional<std::uint64_t> seed;
};

/// Reads, resolves and validates; throws InvalidInput with every diagnostic of the file.
scenario::Scenario load_scenario(const std::string& file, const LoadOptions& options);

} // namespace iccsim::cli
