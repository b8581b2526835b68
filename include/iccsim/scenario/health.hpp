// What is not as healthy as the rest: cards that are slow, links that lose bandwidth.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"

#include <optional>
#include <string>

namespace iccsim::scenario {

/// A node, or one card of it, that computes more slowly, from the start to the end.
struct StragglerSpec {
  int node = 0;            ///< counts over all pools, in their order, from 0
  std::optional<int> card; ///< position in the node; unset: every card of it
  double slowdown = 1;     ///< compute takes this many times as long; >= 1
  Place place;
};

/// A link that has another bandwidth for a while.
struct FaultSpec {
  std::string link; ///< a resource as results name it (gpu-17/nic3/out), or without its end for both directions
  double at_s = 0;
  double bandwidth = 1;          ///< share of its own that it has then; > 0
  std::optional<double> until_s; ///< unset: to the end
  Place place;
};

} // namespace iccsim::scenario
