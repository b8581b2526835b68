// Where platform and model files are for this program.
#pragma once

#include "iccsim/scenario/scenario.hpp"

namespace iccsim::cli {

/// scenario::Library::locate(), else the source tree: a build may lie outside of it.
scenario::Library library();

} // namespace iccsim::cli
