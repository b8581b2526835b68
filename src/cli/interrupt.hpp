// Ctrl-C: the first asks the simulation to stop and report, the second ends the process.
#pragma once

namespace iccsim::cli {

/// Handles SIGINT and SIGTERM from here on.
void watch_for_interrupt();
bool interrupted();

} // namespace iccsim::cli
