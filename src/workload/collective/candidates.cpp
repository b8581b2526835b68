#include "workload/collective/candidates.hpp"

#include "workload/collective/all_to_all.hpp"
#include "workload/collective/exchange.hpp"
#include "workload/collective/halving_doubling.hpp"
#include "workload/collective/hierarchical.hpp"
#include "workload/collective/in_network.hpp"
#include "workload/collective/ring.hpp"
#include "workload/collective/send_recv.hpp"
#include "workload/collective/tree.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

using scenario::CollectiveAlgorithm;
using scenario::CollectiveOperation;

bool spans_islands(const platform::Cluster& cluster, const Groups& groups) {
  return std::any_of(groups.begin(), groups.end(), [&](const Group& group) { return !in_one_island(cluster, group); });
}

bool moves_parts(CollectiveOperation operation) { // of a vector that all cards share
  return operation == CollectiveOperation::all_reduce || operation == CollectiveOperation::all_gather ||
         operation == CollectiveOperation::reduce_scatter;
}

CollectiveAlgorithm fallback(CollectiveOperation operation) {
  return operation == CollectiveOperation::all_to_all || operation == CollectiveOperation::send_recv
             ? CollectiveAlgorithm::pairwise
             : CollectiveAlgorithm::ring;
}

} // namespace

bool composes_tiers(const platform::Cluster& cluster, platform::CardId first) {
  return cluster.node_spec(cluster.node_of(first)).chip.vendor == "Huawei";
}

bool algorithm_applies(const platform::Cluster& cluster, CollectiveOperation operation, CollectiveAlgorithm algorithm,
                       const Groups& groups) {
  if (groups.empty() || groups.front().size() < 2 || algorithm == CollectiveAlgorithm::automatic)
    return true;
  switch (algorithm) {
  case CollectiveAlgorithm::tree:
    return operation == CollectiveOperation::all_reduce || operation == CollectiveOperation::broadcast;
  case CollectiveAlgorithm::halving_doubling:
    return moves_parts(operation);
  case CollectiveAlgorithm::in_network:
    return operation == CollectiveOperation::all_reduce && reduces_in_network(cluster, groups);
  case CollectiveAlgorithm::hierarchical:
    if (operation == CollectiveOperation::all_to_all && !spans_islands(cluster, groups))
      return false;
    return (moves_parts(operation) || operation == CollectiveOperation::all_to_all) &&
           TwoTiers::possible(cluster, groups);
  default:
    return algorithm == fallback(operation);
  }
}

CollectiveAlgorithm resolve(const platform::Cluster& cluster, CollectiveOperation operation,
                            CollectiveAlgorithm algorithm, const Groups& groups) {
  const bool fits =
      algorithm != CollectiveAlgorithm::automatic && algorithm_applies(cluster, operation, algorithm, groups);
  return fits ? algorithm : fallback(operation);
}

std::vector<CollectiveAlgorithm> candidates(const platform::Cluster& cluster, CollectiveOperation operation,
                                            const Groups& groups) {
  const auto applies = [&](CollectiveAlgorithm algorithm) {
    return algorithm_applies(cluster, operation, algorithm, groups);
  };
  std::vector<CollectiveAlgorithm> tried{fallback(operation)};
  const auto offer = [&](CollectiveAlgorithm algorithm) {
    if (applies(algorithm))
      tried.push_back(algorithm);
  };
  if (moves_parts(operation) && composes_tiers(cluster, groups.front().front())) {
    if (applies(CollectiveAlgorithm::hierarchical))
      return {CollectiveAlgorithm::hierarchical};
    offer(CollectiveAlgorithm::halving_doubling);
    return tried;
  }
  if (operation == CollectiveOperation::all_reduce) {
    offer(CollectiveAlgorithm::in_network);
    if (spans_islands(cluster, groups)) // in one island the tree is a chain, and never beats the ring
      offer(CollectiveAlgorithm::tree);
  }
  if (operation == CollectiveOperation::all_to_all)
    offer(CollectiveAlgorithm::hierarchical);
  return tried;
}

std::vector<CollectiveDraft> drafts(const platform::Cluster& cluster, CollectiveOperation operation,
                                    CollectiveAlgorithm algorithm, const Groups& groups, FlowTally& tally) {
  if (operation == CollectiveOperation::send_recv)
    return {send_recv_draft(groups, tally)};
  switch (algorithm) {
  case CollectiveAlgorithm::tree:
    return {{algorithm, {tree_phase(cluster, operation, groups, 1, tally)}, false, false}};
  case CollectiveAlgorithm::halving_doubling:
    return {halving_doubling_draft(operation, groups, tally)};
  case CollectiveAlgorithm::in_network:
    return {in_network_draft(cluster, groups, tally)};
  case CollectiveAlgorithm::pairwise:
    return {pairwise_draft(cluster, groups, tally)};
  case CollectiveAlgorithm::hierarchical:
    if (operation == CollectiveOperation::all_to_all)
      return {hierarchical_all_to_all_draft(cluster, groups, tally)};
    if (operation == CollectiveOperation::all_reduce && spans_islands(cluster, groups))
      return {hierarchical_draft(cluster, operation, groups, CollectiveAlgorithm::ring, tally),
              hierarchical_draft(cluster, operation, groups, CollectiveAlgorithm::tree, tally)};
    return {hierarchical_draft(cluster, operation, groups, CollectiveAlgorithm::ring, tally)};
  default:
    return {{CollectiveAlgorithm::ring, {ring_phase(cluster, operation, groups, 1, tally)}, false, false}};
  }
}

} // namespace iccsim::workload
