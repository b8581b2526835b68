// How far apart the parts of each data-parallel replica lie.
#pragma once

#include "engine/job/job.hpp"
#include "iccsim/platform/cluster.hpp"
#include "iccsim/workload/plan.hpp"

#include <vector>

namespace iccsim::engine {

/// Numbers replicas by what the ways between their ranks tell apart: for every stage and every communicator inside a
/// replica the latency around its groups, and the pace that the most loaded link on the way leaves while all replicas
/// call at once. Replicas of one number lie alike; those that cross a tier that others do not have another one.
class ReplicaDistances {
public:
  /// `most` numbers at most: when there are more, stages and then communicators are told apart no longer.
  ReplicaDistances(const platform::Cluster& cluster, const workload::Plan& plan, const Placement& placement,
                   std::size_t most = 8);

  int of(int replica) const { return numbers_[static_cast<std::size_t>(replica)]; }
  std::size_t kinds() const { return kinds_; }

private:
  std::vector<int> numbers_;
  std::size_t kinds_ = 1;
};

} // namespace iccsim::engine
