// Jobs that meet on a narrow fabric, and how far two runs of them are apart.
#pragma once

#include "simulation_fakes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace iccsim::engine::test {

/// Leaves of eight nodes whose uplinks carry an eighth: jobs of more than eight nodes need more than one.
inline scenario::PlatformSpec narrow_cluster(int nodes) {
  auto platform = small_cluster(nodes, 64);
  platform.fabric.kind = scenario::FabricKind::fat_tree;
  platform.fabric.oversubscription = 8;
  return platform;
}

inline double share(const metrics::JobResult& job, metrics::State state) {
  return job.states[state] / job.states.total();
}

/// Relative.
inline double tokens_apart(const metrics::JobResult& a, const metrics::JobResult& b) {
  return std::abs(a.training->tokens_per_s / b.training->tokens_per_s - 1);
}

/// The largest difference of a state's share.
inline double states_apart(const metrics::JobResult& a, const metrics::JobResult& b) {
  double most = 0;
  for (std::size_t s = 0; s < metrics::state_count; ++s) {
    const auto state = static_cast<metrics::State>(s);
    most = std::max(most, std::abs(share(a, state) - share(b, state)));
  }
  return most;
}

/// All jobs submitted a little later, each by another span.
inline scenario::Scenario delayed(scenario::Scenario scenario, double seconds) {
  double times = 1;
  for (scenario::JobSpec& spec : scenario.jobs) {
    spec.submit_s += seconds * times++;
  }
  return scenario;
}

/// How far every job moves, by `apart`, when submissions shift by next to nothing. Where steps are chaotic, or several
/// patterns of them are stable, playing every step says no more than this.
template <typename Apart>
std::vector<double> indeterminacy(const scenario::Scenario& scenario, const Simulated& played,
                                  const std::vector<double>& shifts_s, Apart apart) {
  std::vector<double> moves(played.jobs.size());
  for (const double shift_s : shifts_s) {
    const Simulated other(delayed(scenario, shift_s), false);
    for (std::size_t i = 0; i < moves.size(); ++i) {
      moves[i] = std::max(moves[i], apart(other.jobs[i], played.jobs[i]));
    }
  }
  return moves;
}

} // namespace iccsim::engine::test
