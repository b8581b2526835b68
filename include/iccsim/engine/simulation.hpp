// A scenario played. One simulation a process: SimGrid's engine is not made for a second.
#pragma once

#include "iccsim/metrics/result.hpp"
#include "iccsim/platform/resource.hpp"
#include "iccsim/scenario/scenario.hpp"

#include <functional>
#include <string>

namespace iccsim::engine {

enum class NetworkKind { bundles, flows };

struct Progress {
  double simulated_s = 0;
  double horizon_s = 0;  ///< 0: until the jobs end
  double done_share = 0; ///< 0 .. 1, by steps of all jobs
  double steps = 0;
};

struct Options {
  NetworkKind network = NetworkKind::bundles;
  bool fast_forward = true;
  /// Before steps of jobs that slow one another are skipped, so many events are played: some half of a second, in which
  /// small systems have ended, exactly.
  double play_first = 5e5;
  platform::ResourceScale resource_scale;           ///< what if parts of some kinds were so many times as fast?
  std::function<void(const Progress&)> on_progress; ///< called at most some times a second of wall time
  std::function<bool()> interrupted;                ///< asked between events; true: stop and report what is there
  std::function<void(const std::string&)> on_note;  ///< a sentence for the user, while it runs
};

/// Throws InternalError when an invariant breaks (states do not sum to cards x horizon).
metrics::Result simulate(const scenario::Scenario& scenario, const Options& options);

} // namespace iccsim::engine
