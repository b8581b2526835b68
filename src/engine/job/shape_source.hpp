// What the player asks of whoever maps communicators to the network.
#pragma once

#include "iccsim/engine/network.hpp"
#include "iccsim/workload/plan.hpp"

namespace iccsim::engine {

struct PlayShape {
  ShapeId id = 0;
  bool empty = true; ///< a group of one: nothing is sent
};

class ShapeSource {
public:
  virtual ~ShapeSource() = default;
  /// All groups of `communicator` on `stage` at once, in calls of `bytes`.
  virtual PlayShape collective(workload::Communicator communicator, int stage, scenario::CollectiveOperation operation,
                               double bytes) = 0;
  /// Every rank of `from` sends to its counterpart on the neighbouring stage `to`.
  virtual PlayShape pipeline(int from, int to) = 0;
  /// The all-reduce of tied embeddings between the last and the first stage.
  virtual PlayShape tied_embeddings(double bytes) = 0;
};

} // namespace iccsim::engine
