// A share on the command line: 1%, 0.5 % or 0.01.
#pragma once

#include <string>

namespace iccsim::cli {

/// Throws InvalidInput that names `option` when the text is no share, or negative.
double parse_share(const std::string& text, const std::string& option);

} // namespace iccsim::cli
