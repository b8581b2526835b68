#include "workload/collective/halving_doubling.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

using scenario::CollectiveOperation;

/// Ranks beyond the largest power of two give their data to a partner first and get the result last.
struct Core {
  std::size_t size = 1; ///< the largest power of two
  std::size_t extra = 0;
};

Core core_of(std::size_t ranks) {
  Core core;
  while (core.size * 2 <= ranks)
    core.size *= 2;
  core.extra = ranks - core.size;
  return core;
}

/// Rank of the group that plays `index` of the core: the first of each of the `extra` pairs, then the rest.
std::size_t rank_of(std::size_t index, const Core& core) {
  return index < core.extra ? 2 * index : index + core.extra;
}

PhaseDraft exchange_at(std::size_t distance, double share, const Groups& groups, const Core& core, FlowTally& tally) {
  PhaseDraft phase;
  for (const auto& group : groups)
    for (std::size_t i = 0; i < core.size; ++i)
      phase.hops.take_longer(tally.send(group[rank_of(i, core)], group[rank_of(i ^ distance, core)]));
  phase.bundles.push_back(tally.take(share));
  return phase;
}

/// Between the extra ranks and their partners: the whole vector, towards the partner or back.
PhaseDraft fold(bool back, const Groups& groups, const Core& core, FlowTally& tally) {
  PhaseDraft phase;
  for (const auto& group : groups)
    for (std::size_t i = 0; i < core.extra; ++i) {
      const auto partner = group[2 * i];
      const auto folded = group[2 * i + 1];
      phase.hops.take_longer(back ? tally.send(partner, folded) : tally.send(folded, partner));
    }
  phase.bundles.push_back(tally.take(1));
  return phase;
}

} // namespace

CollectiveDraft halving_doubling_draft(CollectiveOperation operation, const Groups& groups, FlowTally& tally) {
  const Core core = core_of(groups.front().size());
  std::vector<PhaseDraft> halving;
  double share = 0.5;
  for (std::size_t distance = 1; distance < core.size; distance *= 2, share /= 2)
    halving.push_back(exchange_at(distance, share, groups, core, tally));

  CollectiveDraft draft{scenario::CollectiveAlgorithm::halving_doubling, {}, false, false};
  auto& phases = draft.phases;
  if (operation != CollectiveOperation::all_gather) {
    if (core.extra > 0)
      phases.push_back(fold(false, groups, core, tally));
    phases.insert(phases.end(), halving.begin(), halving.end());
  }
  if (operation != CollectiveOperation::reduce_scatter) {
    phases.insert(phases.end(), halving.rbegin(), halving.rend());
    if (core.extra > 0)
      phases.push_back(fold(true, groups, core, tally));
  }
  return draft;
}

} // namespace iccsim::workload
