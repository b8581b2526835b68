// Jobs: which keys there are depends on `type`.
#pragma once

#include "iccsim/scenario/scenario.hpp"
#include "scenario/key.hpp"

#include <optional>
#include <vector>

namespace iccsim::scenario {

/// Reads one job; its mistakes are reported. Always gives an element, so that positions in the list stay.
std::optional<JobSpec> read_job(const Value& value, Reading& reading);

/// Names are unique, cards and pools exist, combinations make sense; after everything has been read.
void check_jobs(const Value& root, Reading& reading, Scenario& scenario);

/// Keys of every type of job.
std::vector<KeyInfo> describe_job_keys();

} // namespace iccsim::scenario
