// A series as one line of small bars.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace iccsim::report {

/// Bars of eight heights, scaled to the largest value; series longer than `width` show the largest of each stretch.
/// A value above 0 shows at least the lowest bar, 0 a blank.
std::string spark_line(const std::vector<double>& values, std::size_t width);

} // namespace iccsim::report
