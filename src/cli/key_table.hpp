// The keys of the scenario language as a table.
#pragma once

#include <string>

namespace iccsim::cli {

/// Keys at and below `path` ("jobs[].dataset"; "" is all), one line each: default, meaning and what it takes; "" when
/// there are none.
std::string key_table(const std::string& path);

} // namespace iccsim::cli
