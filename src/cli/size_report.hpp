// The answer of `iccsim size` for people and for programs.
#pragma once

#include "cli/size_plan.hpp"

#include <optional>
#include <string>

namespace iccsim::cli {

std::string size_text(const SizeQuestion& question, const std::optional<SizeAnswer>& answer,
                      const std::optional<LoadCurve>& curve);
std::string size_json(const SizeQuestion& question, const std::optional<SizeAnswer>& answer,
                      const std::optional<LoadCurve>& curve);

} // namespace iccsim::cli
