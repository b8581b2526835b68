// The load of a service, made larger or smaller.
#pragma once

#include "iccsim/scenario/inference.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace iccsim::cli {

/// The factor that really is played: a closed loop has whole clients.
double whole_factor(const scenario::RequestsSpec& requests, double factor);

/// The `--set` that multiplies the load of job `index`: its rate, its curve of rates, its clients, or the pace of its
/// trace.
std::string load_setting(const scenario::RequestsSpec& requests, std::size_t index, double factor);

/// The `--set`s that leave each of the first `count` requests alone with the service: one client, or a trace played
/// very slowly.
std::vector<std::string> lone_settings(const scenario::RequestsSpec& requests, std::size_t index, double count);

/// Whether clients wait for their answers: their number is the load.
bool is_closed(const scenario::RequestsSpec& requests);

/// "12.0 requests/s", "64 clients", "2.00 x the trace".
std::string load_text(const scenario::RequestsSpec& requests, double factor);

/// Requests a second (the highest of a curve), clients, or times the trace's pace.
double load_value(const scenario::RequestsSpec& requests, double factor);

/// What `load_value` counts: rate, clients, pace.
std::string load_name(const scenario::RequestsSpec& requests);

} // namespace iccsim::cli
