// A bar of block characters.
#pragma once

#include <string>

namespace iccsim::report {

/// `share` (0 .. 1) of `width` columns, in eighths of a column; a share above 0 shows at least one eighth.
std::string bar(double share, int width);

} // namespace iccsim::report
