// Where a key of a scenario stands, for mistakes that are found after it was read: what fits into memory, what a
// command needs.
#pragma once

#include "iccsim/scenario/scenario.hpp"

namespace iccsim::scenario {

/// The value at `path` ("jobs[0].replicas.tensor", elements of lists by their number), or the deepest one on the way
/// there that the scenario has. Reads the file again; a file that cannot be read any more is its own place.
Place locate(const std::filesystem::path& file, const Library& library, const std::vector<Override>& overrides,
             const std::string& path);

} // namespace iccsim::scenario
