#include "workload/collective/send_recv.hpp"

namespace iccsim::workload {

CollectiveDraft send_recv_draft(const Groups& groups, FlowTally& tally) {
  PhaseDraft phase;
  for (const Group& group : groups) {
    const std::size_t sends = group.size() > 2 ? group.size() : group.size() - 1;
    for (std::size_t i = 0; i < sends; ++i)
      phase.hops.take_longer(tally.send(group[i], group[(i + 1) % group.size()]));
  }
  phase.bundles.push_back(tally.take(1));
  return {scenario::CollectiveAlgorithm::pairwise, {std::move(phase)}, false, true};
}

CollectiveDraft sends_draft(const std::vector<std::pair<platform::CardId, platform::CardId>>& sends, FlowTally& tally) {
  PhaseDraft phase;
  for (const auto& [from, to] : sends)
    phase.hops.take_longer(tally.send(from, to));
  phase.bundles.push_back(tally.take(1));
  return {scenario::CollectiveAlgorithm::pairwise, {std::move(phase)}, false, true};
}

} // namespace iccsim::workload
