// How many rows of a trace are no request.
#pragma once

#include "iccsim/metrics/service_figures.hpp"
#include "iccsim/scenario/inference.hpp"

#include <filesystem>

namespace iccsim::engine::serving {

/// Of the whole file, whatever part of it is played; reads it once, row by row. Rows that are wrong are found before
/// anything is simulated, and not counted.
metrics::TraceFigures trace_census(const scenario::RequestsSpec& requests, const std::filesystem::path& directory);

} // namespace iccsim::engine::serving
