// A scenario as the command line asks for it.
#pragma once

#include "cli/invalid_input.hpp"

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

/// A mistake that shows after reading, at the key `path` of the file, or the deepest one on the way there.
scenario::Diagnostic mistake_at(const std::string& file, const LoadOptions& options, const std::string& path,
                                std::string message, std::string expected, std::string hint = {});
InvalidInput invalid_at(const std::string& file, const LoadOptions& options, const std::string& path,
                        std::string message, std::string expected, std::string hint = {});

} // namespace iccsim::cli
