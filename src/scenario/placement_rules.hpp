// What the cards that a job may use can and cannot do.
#pragma once

#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

#include <optional>
#include <string>

namespace iccsim::scenario {

/// A mistake when a chip of a pool that the job may use has no units for `precision`; `hint` may be empty.
std::optional<Mistake> chips_compute(Precision precision, const JobSpec& job, const PlatformSpec& platform,
                                     const std::string& hint);

} // namespace iccsim::scenario
