// Nothing is lost: card-seconds by state sum to cards x time.
#pragma once

#include "iccsim/metrics/result.hpp"

namespace iccsim::metrics {

/// Share by which a sum of card-seconds may differ from cards x time.
inline constexpr double conservation_tolerance = 1e-9;

/// Throws InternalError unless the states of every job sum to its cards x its life, and those of the cluster to its
/// cards x the horizon.
void check_conservation(const Result& result);

/// Share of all card-seconds in which a card was allocated and busy.
double utilization(const StateSeconds& cluster_states);

} // namespace iccsim::metrics
