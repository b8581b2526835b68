// Which scenarios a command line of files and directories means.
#pragma once

#include <string>
#include <vector>

namespace iccsim::cli {

/// Files as they are; directories: every *.yaml below that has `expect`, sorted. Throws InvalidInput for a path that
/// is not there and for a directory without any.
std::vector<std::string> files_with_expectations(const std::vector<std::string>& paths);

} // namespace iccsim::cli
