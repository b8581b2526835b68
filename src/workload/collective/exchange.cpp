#include "workload/collective/exchange.hpp"

#include "workload/collective/sampled_distances.hpp"

namespace iccsim::workload {

bool TwoTiers::possible(const platform::Cluster& cluster, const Groups& groups) {
  std::size_t width = 0;
  for (const Group& group : groups) {
    const Islands layout(cluster, group);
    if (!layout.equal() || layout.smallest() < 2)
      return false;
    if (width != 0 && layout.smallest() != width)
      return false;
    width = layout.smallest();
  }
  return width != 0;
}

TwoTiers::TwoTiers(const platform::Cluster& cluster, const Groups& groups) {
  for (const Group& group : groups) {
    const Islands layout(cluster, group);
    width = static_cast<double>(layout.smallest());
    height = static_cast<double>(layout.count());
    const std::size_t first_rail = rails.size();
    rails.resize(first_rail + layout.smallest());
    for (std::size_t i = 0; i < layout.count(); ++i) {
      islands.emplace_back();
      for (std::size_t position = 0; position < layout.smallest(); ++position) {
        islands.back().push_back(layout.card(i, position));
        rails[first_rail + position].push_back(layout.card(i, position));
      }
    }
  }
}

PhaseDraft exchange_phase(const Groups& islands, double share, FlowTally& tally) {
  PhaseDraft phase;
  std::size_t cards = 0;
  for (const Group& island : islands)
    cards += island.size();
  const std::size_t most = affordable_distances(static_cast<double>(cards));
  for (const Group& island : islands) {
    const SampledDistances sample(island.size(), most);
    for (const std::size_t distance : sample.distances)
      for (std::size_t i = 0; i < island.size(); ++i)
        phase.hops.take_longer(tally.send(island[i], island[(i + distance) % island.size()], sample.weight));
  }
  phase.bundles.push_back(tally.take(share));
  return phase;
}

} // namespace iccsim::workload
