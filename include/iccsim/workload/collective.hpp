// Collectives as bundles of flows: which resources they cross, how many bytes each flow carries, what latency they pay.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/job.hpp"

#include <string>
#include <vector>

namespace iccsim::workload {

/// Flows that advance in lockstep, each with the same bytes. `flows` of a resource counts the bundle's flows that
/// cross it (fractional where ECMP spreads them).
struct ResourceFlows {
  platform::ResourceId resource;
  double flows;
};

/// A unit: per-flow bytes are `bytes_factor` x the payload of the call.
struct BundleShape {
  double bytes_factor = 0;
  std::vector<ResourceFlows> resources; ///< sorted by resource, merged
};

/// Bundles that start together; the phase ends with the last.
struct PhaseShape {
  double latency_s = 0; ///< paid first: steps of the algorithm x route latency, and launch
  std::vector<BundleShape> bundles;
};

/// One collective on all groups of a rank class at once (all TP groups of a stage, say): phases in sequence.
struct CollectiveShape {
  scenario::CollectiveAlgorithm algorithm = scenario::CollectiveAlgorithm::ring;
  std::vector<PhaseShape> phases;
  double group_size = 1; ///< ranks of one group, for busbw
};

/// Protocol and launch costs that belong to the communication library on a chip.
struct CollectiveCosts {
  double launch_s = 0;           ///< per call
  double scale_up_efficiency = 1; ///< multiplies scale-up payload rates (flows weigh 1 / efficiency)
  double scale_out_efficiency = 1;
};

/// The shape of `operation` over `groups` (all of equal size, cards in ring order) with a named algorithm.
/// Group of one card: no phases.
CollectiveShape shape_collective(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                 scenario::CollectiveAlgorithm algorithm,
                                 const std::vector<std::vector<platform::CardId>>& groups,
                                 const CollectiveCosts& costs);

/// The cheapest algorithm for `bytes` on an idle network, as NCCL and HCCL choose; `automatic` is resolved.
CollectiveShape choose_collective(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                  double bytes, const std::vector<std::vector<platform::CardId>>& groups,
                                  const CollectiveCosts& costs);

/// Seconds on an idle network: sum over phases of latency + max over resources of sum(flows x bytes) / capacity.
double lone_seconds(const platform::Cluster& cluster, const CollectiveShape& shape, double bytes);

/// Bus bandwidth factor of nccl-tests: busbw = algbw x factor(operation, n).
double bus_factor(scenario::CollectiveOperation operation, double ranks);

} // namespace iccsim::workload
