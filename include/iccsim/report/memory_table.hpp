// Memory of the fullest card by part.
#pragma once

#include "iccsim/metrics/result.hpp"

#include <string>

namespace iccsim::report {

/// 61.2 of 80.0 GB (76.5%) on the fullest card: weights 5.1, ...
std::string memory_line(const metrics::MemoryFigures& memory);
/// One line a part with its bar, then the total against the capacity.
std::string memory_table(const metrics::MemoryFigures& memory, std::size_t indent);

} // namespace iccsim::report
