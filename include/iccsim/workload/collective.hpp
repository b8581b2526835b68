// Collectives as bundles of flows: which resources they cross, how many bytes each flow carries, what latency they pay.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/job.hpp"
#include "iccsim/scenario/software.hpp"
#include "iccsim/workload/resource_flows.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace iccsim::workload {

/// What one flow takes of a resource: bytes there per byte of the flow (its share, over what the library keeps of the
/// rate).
struct FlowUse {
  platform::ResourceId resource;
  double weight;
  double bulk_weight; ///< the same under the bulk protocol, which keeps most
};

/// The flows of a bundle one by one, each with its way.
struct FlowList {
  struct Flow {
    std::size_t end_use; ///< its uses begin where those of the flow before end
    double count;        ///< so many alike; fractional where one stands for others
  };
  std::vector<FlowUse> uses;
  std::vector<Flow> flows;
};

/// How much of a bundle is kept: what resources see of it, or every flow too.
enum class BundleDetail { resources, flows };

/// A unit: per-flow bytes are `bytes_factor` x the payload of the call.
struct BundleShape {
  double bytes_factor = 0;
  ResourceFlowList resources;
  std::shared_ptr<const FlowList> each = nullptr; ///< with BundleDetail::flows
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

/// How a communication library moves data: what it adds to a call and to each hop, and the share of the payload rate
/// that it keeps. NCCL trades them: LL (flags between the data), LL128 (a flag in every 128 bytes), Simple (bulk, with
/// fences).
struct ProtocolCosts {
  double start_s = 0;          ///< added to the call, seconds
  double scale_up_step_s = 0;  ///< added to a hop inside a scale-up domain, seconds
  double scale_out_step_s = 0; ///< added to a hop through NICs, seconds
  double scale_up_rate = 1;    ///< share of the payload rate that scale-up links keep
  double scale_out_rate = 1;   ///< share that the rest of the way keeps
};

/// Protocol and launch costs that belong to the communication library on a chip.
struct CollectiveCosts {
  double launch_s = 0;            ///< per call
  double scale_up_efficiency = 1; ///< multiplies scale-up payload rates (flows weigh 1 / efficiency)
  double scale_out_efficiency = 1;
  double in_network_rate = 1;    ///< share of the payload rate that in-network reduction keeps
  double in_network_start_s = 0; ///< its own start, per call
  /// Moving a card's own part of the result occupies the same channels: bytes as a share of payload / ranks. Counted
  /// for groups inside one scale-up domain, where nothing slower hides it.
  double local_work = 0;
  std::vector<ProtocolCosts> protocols;          ///< the bulk protocol last; empty: the wires' own latencies and rates
  std::vector<ProtocolCosts> exchange_protocols; ///< likewise, of all_to_all and send_recv
};

/// Costs of NCCL and libraries built like it, with a stack's calibration on a chip.
CollectiveCosts library_costs(const scenario::KernelCalibration& calibration);

/// Whether `algorithm` is built for `operation` and these groups; where it is not, the two functions below fall back to
/// ring (pairwise for all_to_all; send_recv is always direct) and say so in the shape.
bool algorithm_applies(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                       scenario::CollectiveAlgorithm algorithm,
                       const std::vector<std::vector<platform::CardId>>& groups);

/// The shape of `operation` over `groups` (all of equal size, cards in ring order) with a named algorithm and the bulk
/// protocol. Group of one card: no phases. send_recv: card i sends to card i+1, and the last to the first in groups of
/// more than two. broadcast: from the first card.
CollectiveShape shape_collective(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                 scenario::CollectiveAlgorithm algorithm,
                                 const std::vector<std::vector<platform::CardId>>& groups, const CollectiveCosts& costs,
                                 BundleDetail detail = BundleDetail::resources);

/// The cheapest algorithm and protocol for `bytes` on an idle network, as NCCL and HCCL choose; `automatic` is
/// resolved. With `algorithm` named, the cheapest protocol (and variant) of that one.
CollectiveShape choose_collective(const platform::Cluster& cluster, scenario::CollectiveOperation operation,
                                  double bytes, const std::vector<std::vector<platform::CardId>>& groups,
                                  const CollectiveCosts& costs,
                                  scenario::CollectiveAlgorithm algorithm = scenario::CollectiveAlgorithm::automatic,
                                  BundleDetail detail = BundleDetail::resources);

/// Whether all_gather and reduce_scatter of the same groups, with `first` the first card of the first, are one shape:
/// those of rings are.
bool gathers_as_it_scatters(const platform::Cluster& cluster, scenario::CollectiveAlgorithm algorithm,
                            platform::CardId first);

/// The ways in which the library can run an operation over some groups, for any payload.
class CollectiveWays {
public:
  /// The number of the cheapest one for `bytes` on an idle network, as choose_collective(); payloads with the same
  /// number have the same shape.
  std::size_t cheapest(double bytes) const;
  CollectiveShape shape(std::size_t way) const;

private:
  friend class CollectiveDrafter;
  struct Drafts;
  explicit CollectiveWays(std::shared_ptr<const Drafts> drafts) : drafts_(std::move(drafts)) {}
  std::shared_ptr<const Drafts> drafts_;
};

/// Drafts collectives one after another, with what they need in common.
class CollectiveDrafter {
public:
  /// The cluster must outlive it and the ways that it gives.
  CollectiveDrafter(const platform::Cluster& cluster, CollectiveCosts costs,
                    BundleDetail detail = BundleDetail::resources);
  ~CollectiveDrafter();
  CollectiveDrafter(const CollectiveDrafter&) = delete;
  CollectiveDrafter& operator=(const CollectiveDrafter&) = delete;

  CollectiveWays draft(scenario::CollectiveOperation operation,
                       const std::vector<std::vector<platform::CardId>>& groups,
                       scenario::CollectiveAlgorithm algorithm = scenario::CollectiveAlgorithm::automatic);
  /// As send_recv over groups of two, from the first card to the second.
  CollectiveWays draft_sends(const std::vector<std::pair<platform::CardId, platform::CardId>>& sends);

private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Seconds on an idle network: sum over phases of latency + max over resources of sum(flows x bytes) / capacity.
double lone_seconds(const platform::Cluster& cluster, const CollectiveShape& shape, double bytes);

/// Bus bandwidth factor of nccl-tests: busbw = algbw x factor(operation, n).
double bus_factor(scenario::CollectiveOperation operation, double ranks);

} // namespace iccsim::workload
