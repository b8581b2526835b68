// A scenario simulated in a process of its own: SimGrid plays one simulation a process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace iccsim::cli {

struct ChildOutcome {
  int exit_status = 0; ///< as ExitStatus; 3 when a signal ended it
  std::string output;  ///< result.json, where there is one
  std::string errors;  ///< what it said on standard error
};

/// `iccsim ARGUMENTS...` with this very program.
ChildOutcome run_self(const std::vector<std::string>& arguments);

/// `iccsim run FILE --json -q --no-what-if` with this very program, with `--set` for each of `settings`; may be called
/// from several threads.
ChildOutcome run_in_child(const std::string& file, const std::vector<std::string>& settings = {},
                          std::optional<std::uint64_t> seed = {});

} // namespace iccsim::cli
