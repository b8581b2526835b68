// How many replicas a service should have: Kubernetes' horizontal pod autoscaler, over the load of a service.
//
// For each target desired = ceil(replicas x load / target), where the load is the mean over replicas that are there or
// on their way (those have none yet): the sum over all, divided by the target. Nothing changes while the load is within
// the tolerance of its target; the target that asks for most decides. (Kubernetes documentation, "Horizontal Pod
// Autoscaling", algorithm details, and its `behavior.scaleUp` and `.scaleDown.stabilizationWindowSeconds`.)
#pragma once

#include "iccsim/scenario/inference.hpp"

#include <deque>

namespace iccsim::engine::serving {

/// Summed over the replicas that take requests.
struct ServiceLoad {
  double waiting = 0;  ///< requests in queues
  double requests = 0; ///< requests in queues and batches
  double kv = 0;       ///< shares of KV memory in use
  /// Replicas whose places and KV memory would hold what is in batches now: fewer cannot do its work, however short the
  /// queue is.
  double least = 0;
};

class Autoscaler {
public:
  /// `replicas` are there or on their way at `now`.
  Autoscaler(const scenario::AutoscaleSpec& rule, double now, int replicas);

  /// How many there should be from now on; `now` never goes back.
  int look(double now, int replicas, const ServiceLoad& load);

private:
  struct Advice {
    double at_s;
    int replicas;
  };
  int advice(int replicas, const ServiceLoad& load) const;

  scenario::AutoscaleSpec rule_;
  std::deque<Advice> advices_; ///< within the longer of the two windows, the oldest first
};

} // namespace iccsim::engine::serving
