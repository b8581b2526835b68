// What `iccsim bench` prints.
#pragma once

#include "cli/bench_row.hpp"

#include <string>
#include <vector>

namespace iccsim::cli {

/// A table, then the growth, then why a benchmark failed.
std::string bench_text(const std::vector<BenchRow>& rows, const std::optional<Growth>& growth);
std::string bench_json(const std::vector<BenchRow>& rows, const std::optional<Growth>& growth);

} // namespace iccsim::cli
