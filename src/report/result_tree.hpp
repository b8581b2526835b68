// result.json as a tree: what is written, and what expectations are looked up in.
#pragma once

#include "iccsim/metrics/result.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace iccsim::report {

/// Throws metrics::InternalError when a figure is not a finite number: JSON has no way to write it.
nlohmann::ordered_json result_tree(const metrics::Result& result);

/// The number (or truth value, as 0 or 1) at a path such as jobs.pretrain.step_s.mean or
/// jobs.ar.collectives[1].busbw; names may hold dots themselves.
std::optional<double> figure_at(const nlohmann::ordered_json& tree, const std::string& path);

} // namespace iccsim::report
