#include "iccsim/metrics/conservation.hpp"

#include <fmt/format.h>

#include <cmath>

namespace iccsim::metrics {
namespace {

void require(const std::string& whose, double sum, double expected) {
  // Written so that a NaN fails.
  if (!(std::abs(sum - expected) <= conservation_tolerance * std::abs(expected))) {
    throw InternalError(
        fmt::format("the states of {} sum to {} card-seconds, but cards x time is {}", whose, sum, expected));
  }
}

} // namespace

void check_conservation(const Result& result) {
  for (const JobResult& job : result.jobs) {
    require("job '" + job.name + "'", job.states.total(), job.cards * (job.end_s - job.start_s));
  }
  require("the cluster", result.cluster_states.total(), result.cards * result.simulated_s);
}

double utilization(const StateSeconds& cluster_states) {
  const double total = cluster_states.total();
  const double unused = cluster_states[State::free] + cluster_states[State::idle] + cluster_states[State::down];
  return total > 0 ? (total - unused) / total : 0;
}

} // namespace iccsim::metrics
