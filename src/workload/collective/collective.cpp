#include "iccsim/workload/collective.hpp"

#include "workload/collective/candidates.hpp"
#include "workload/collective/lone_time.hpp"
#include "workload/collective/protocol.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace iccsim::workload {
namespace {

using scenario::CollectiveAlgorithm;
using scenario::CollectiveOperation;

bool nothing_to_do(const Groups& groups) {
  return groups.empty() || groups.front().size() < 2;
}

CollectiveShape silent(CollectiveAlgorithm algorithm) {
  CollectiveShape shape;
  shape.algorithm = algorithm == CollectiveAlgorithm::automatic ? CollectiveAlgorithm::ring : algorithm;
  return shape;
}

/// The cheapest way seen so far.
struct Best {
  double seconds = std::numeric_limits<double>::infinity();
  CollectiveDraft draft;
  ProtocolCosts protocol;
};

void weigh(const platform::Cluster& cluster, CollectiveDraft draft, double bytes, const CollectiveCosts& costs,
           Best& best) {
  std::vector<SecondsPerByte> per_byte;
  for (const PhaseDraft& phase : draft.phases)
    per_byte.push_back(seconds_per_byte(cluster, phase.bundles));
  bool better = false;
  for (const ProtocolCosts& protocol : protocols_of(draft, costs)) {
    double seconds = latency_s(draft, protocol, costs);
    for (const SecondsPerByte& phase : per_byte)
      seconds += bytes * std::max(phase.scale_up / protocol.scale_up_rate, phase.elsewhere / protocol.scale_out_rate);
    if (seconds < best.seconds) {
      best.seconds = seconds;
      best.protocol = protocol;
      better = true;
    }
  }
  if (better)
    best.draft = std::move(draft);
}

} // namespace

CollectiveShape shape_collective(const platform::Cluster& cluster, CollectiveOperation operation,
                                 CollectiveAlgorithm algorithm, const Groups& groups, const CollectiveCosts& costs,
                                 BundleDetail detail) {
  if (nothing_to_do(groups))
    return silent(algorithm);
  FlowTally tally(cluster, costs, detail);
  const auto resolved = resolve(cluster, operation, algorithm, groups);
  const CollectiveDraft draft = std::move(drafts(cluster, operation, resolved, groups, tally).front());
  return apply_protocol(cluster, draft, protocols_of(draft, costs).back(), costs,
                        static_cast<double>(groups.front().size()));
}

CollectiveShape choose_collective(const platform::Cluster& cluster, CollectiveOperation operation, double bytes,
                                  const Groups& groups, const CollectiveCosts& costs, CollectiveAlgorithm algorithm,
                                  BundleDetail detail) {
  if (nothing_to_do(groups))
    return silent(algorithm);
  FlowTally tally(cluster, costs, detail);
  const auto tried = algorithm == CollectiveAlgorithm::automatic
                         ? candidates(cluster, operation, groups)
                         : std::vector<CollectiveAlgorithm>{resolve(cluster, operation, algorithm, groups)};
  Best best;
  for (const auto candidate : tried)
    for (CollectiveDraft& draft : drafts(cluster, operation, candidate, groups, tally))
      weigh(cluster, std::move(draft), bytes, costs, best);
  return apply_protocol(cluster, best.draft, best.protocol, costs, static_cast<double>(groups.front().size()));
}

double bus_factor(CollectiveOperation operation, double ranks) {
  if (ranks < 2)
    return 1;
  // nccl-tests, doc/PERFORMANCE.md.
  switch (operation) {
  case CollectiveOperation::all_reduce:
    return 2 * (ranks - 1) / ranks;
  case CollectiveOperation::all_gather:
  case CollectiveOperation::reduce_scatter:
  case CollectiveOperation::all_to_all:
    return (ranks - 1) / ranks;
  default:
    return 1;
  }
}

} // namespace iccsim::workload
