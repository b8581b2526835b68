// The published figures of scenarios, simulated.
#pragma once

#include "cli/exit_status.hpp"

#include "iccsim/report/verification.hpp"

#include <string>
#include <vector>

namespace iccsim::cli {

/// What one scenario file gave: a row for each of its expectations, or one that says why there is none.
struct FileVerification {
  std::vector<report::VerificationRow> rows;
  ExitStatus status = ExitStatus::done; ///< of the run; missed expectations are `done` here: the rows say so
};

/// Reads the file here and simulates it in a child process; may be called from several threads.
FileVerification verify_file(const std::string& file);

} // namespace iccsim::cli
