#include "iccsim/workload/collective.hpp"

#include "workload/collective/candidates.hpp"
#include "workload/collective/lone_time.hpp"
#include "workload/collective/protocol.hpp"
#include "workload/collective/send_recv.hpp"

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

} // namespace

/// A way is a draft under one of its protocols.
struct CollectiveWays::Drafts {
  struct Way {
    std::size_t draft;
    ProtocolCosts protocol;
    double latency_s;
    std::vector<double> seconds_per_byte; ///< by phase
  };
  const platform::Cluster& cluster;
  CollectiveCosts costs;
  double group_size = 1;
  std::vector<CollectiveDraft> drafts; ///< none: nothing to do
  std::vector<Way> ways;
  CollectiveAlgorithm silent = CollectiveAlgorithm::ring;

  void add(CollectiveDraft draft) {
    platform::ResourceReader resources(cluster);
    std::vector<SecondsPerByte> per_byte;
    for (const PhaseDraft& phase : draft.phases)
      per_byte.push_back(seconds_per_byte(resources, phase.bundles));
    for (const ProtocolCosts& protocol : protocols_of(draft, costs)) {
      ways.push_back({drafts.size(), protocol, iccsim::workload::latency_s(draft, protocol, costs), {}});
      for (const SecondsPerByte& phase : per_byte)
        ways.back().seconds_per_byte.push_back(
            std::max(phase.scale_up / protocol.scale_up_rate, phase.elsewhere / protocol.scale_out_rate));
    }
    drafts.push_back(std::move(draft));
  }
};

std::size_t CollectiveWays::cheapest(double bytes) const {
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t way = 0; way < drafts_->ways.size(); ++way) {
    double seconds = drafts_->ways[way].latency_s;
    for (const double per_byte : drafts_->ways[way].seconds_per_byte)
      seconds += bytes * per_byte;
    if (seconds < least) {
      least = seconds;
      best = way;
    }
  }
  return best;
}

CollectiveShape CollectiveWays::shape(std::size_t way) const {
  if (drafts_->drafts.empty())
    return silent(drafts_->silent);
  const Drafts::Way& chosen = drafts_->ways[way];
  return apply_protocol(drafts_->cluster, drafts_->drafts[chosen.draft], chosen.protocol, drafts_->costs,
                        drafts_->group_size);
}

struct CollectiveDrafter::State {
  const platform::Cluster& cluster;
  CollectiveCosts costs;
  FlowTally tally;
};

CollectiveDrafter::CollectiveDrafter(const platform::Cluster& cluster, CollectiveCosts costs, BundleDetail detail)
    : state_(std::make_unique<State>(State{cluster, costs, FlowTally(cluster, costs, detail)})) {}
CollectiveDrafter::~CollectiveDrafter() = default;

CollectiveWays CollectiveDrafter::draft(CollectiveOperation operation, const Groups& groups,
                                        CollectiveAlgorithm algorithm) {
  const platform::Cluster& cluster = state_->cluster;
  auto drafted = std::make_shared<CollectiveWays::Drafts>(CollectiveWays::Drafts{cluster, state_->costs, 1, {}, {}});
  drafted->silent = algorithm;
  if (nothing_to_do(groups))
    return CollectiveWays(std::move(drafted));
  drafted->group_size = static_cast<double>(groups.front().size());
  state_->tally.restart();
  const auto tried = algorithm == CollectiveAlgorithm::automatic
                         ? candidates(cluster, operation, groups)
                         : std::vector<CollectiveAlgorithm>{resolve(cluster, operation, algorithm, groups)};
  for (const auto candidate : tried)
    for (CollectiveDraft& draft : drafts(cluster, operation, candidate, groups, state_->tally))
      drafted->add(std::move(draft));
  return CollectiveWays(std::move(drafted));
}

CollectiveWays CollectiveDrafter::draft_sends(const std::vector<std::pair<platform::CardId, platform::CardId>>& sends) {
  auto drafted = std::make_shared<CollectiveWays::Drafts>(
      CollectiveWays::Drafts{state_->cluster, state_->costs, 2, {}, {}, CollectiveAlgorithm::pairwise});
  if (!sends.empty()) {
    state_->tally.restart();
    drafted->add(sends_draft(sends, state_->tally));
  }
  return CollectiveWays(std::move(drafted));
}

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
  const CollectiveWays ways = CollectiveDrafter(cluster, costs, detail).draft(operation, groups, algorithm);
  return ways.shape(ways.cheapest(bytes));
}

bool gathers_as_it_scatters(const platform::Cluster& cluster, CollectiveAlgorithm algorithm, platform::CardId first) {
  return algorithm == CollectiveAlgorithm::ring ||
         (algorithm == CollectiveAlgorithm::automatic && !composes_tiers(cluster, first));
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
