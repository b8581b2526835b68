// What an inference service delivered, as result.json has it.
#pragma once

#include "iccsim/metrics/service_figures.hpp"

#include <nlohmann/json.hpp>

namespace iccsim::report {

/// Adds the keys of a service to those of its job.
void add_service(nlohmann::ordered_json& job, const metrics::ServiceFigures& service);

} // namespace iccsim::report
