#include "workload/collective/all_to_all.hpp"

#include "workload/collective/exchange.hpp"
#include "workload/collective/sampled_distances.hpp"

#include <algorithm>

namespace iccsim::workload {
namespace {

/// Cards of `group` send to the card `distance` further on in the order of islands, wrapping.
void send_between_islands(const Islands& islands, std::size_t distance, double weight, Hops& hops, FlowTally& tally) {
  for (std::size_t from = 0; from < islands.count(); ++from) {
    const std::size_t to = (from + distance) % islands.count();
    for (std::size_t a = 0; a < islands.size(from); ++a)
      for (std::size_t b = 0; b < islands.size(to); ++b)
        hops.take_longer(tally.send(islands.card(from, a), islands.card(to, b), weight));
  }
}

Groups all_islands(const std::vector<Islands>& layouts) {
  Groups islands;
  for (const Islands& layout : layouts)
    for (std::size_t i = 0; i < layout.count(); ++i) {
      islands.emplace_back();
      for (std::size_t position = 0; position < layout.size(i); ++position)
        islands.back().push_back(layout.card(i, position));
    }
  return islands;
}

double cross_pairs_per_distance(const std::vector<Islands>& layouts) {
  double pairs = 0;
  for (const Islands& islands : layouts)
    for (std::size_t i = 0; i < islands.count(); ++i)
      pairs += static_cast<double>(islands.size(i) * islands.size((i + 1) % islands.count()));
  return pairs;
}

PhaseDraft rails_phase(const Groups& rails, double share, FlowTally& tally) {
  PhaseDraft phase;
  const std::size_t height = rails.front().size();
  const SampledDistances sample(height, affordable_distances(static_cast<double>(rails.size() * height)));
  for (const Group& rail : rails)
    for (const std::size_t distance : sample.distances)
      for (std::size_t i = 0; i < height; ++i)
        phase.hops.take_longer(tally.send(rail[i], rail[(i + distance) % height], sample.weight));
  phase.bundles.push_back(tally.take(share));
  return phase;
}

} // namespace

CollectiveDraft pairwise_draft(const platform::Cluster& cluster, const Groups& groups, FlowTally& tally) {
  std::vector<Islands> layouts;
  layouts.reserve(groups.size());
  for (const Group& group : groups)
    layouts.emplace_back(cluster, group);
  const double cards = static_cast<double>(groups.front().size());
  const double share = 1 / cards;
  const bool in_one_domain =
      std::all_of(layouts.begin(), layouts.end(), [](const Islands& islands) { return islands.count() == 1; });
  const double moved = share * (1 + (in_one_domain ? tally.local_work() / (cards - 1) : 0));

  PhaseDraft phase = exchange_phase(all_islands(layouts), moved, tally);
  const std::size_t most = affordable_distances(cross_pairs_per_distance(layouts));
  for (const Islands& islands : layouts) {
    const SampledDistances sample(islands.count(), most);
    for (const std::size_t distance : sample.distances)
      send_between_islands(islands, distance, sample.weight, phase.hops, tally);
  }
  phase.bundles.push_back(tally.take(share));
  phase.bundles.erase(std::remove_if(phase.bundles.begin(), phase.bundles.end(),
                                     [](const BundleShape& bundle) { return bundle.resources.empty(); }),
                      phase.bundles.end());
  return {scenario::CollectiveAlgorithm::pairwise, {std::move(phase)}, false, true};
}

CollectiveDraft hierarchical_all_to_all_draft(const platform::Cluster& cluster, const Groups& groups,
                                              FlowTally& tally) {
  const TwoTiers tiers(cluster, groups);
  const double cards = tiers.width * tiers.height;
  CollectiveDraft draft{scenario::CollectiveAlgorithm::hierarchical, {}, false, true};
  // To each card of the island: what is for it and for its rail, `height` cards in all; then `width` cards' worth of
  // data to each island along the rail.
  draft.phases.push_back(exchange_phase(tiers.islands, tiers.height / cards, tally));
  draft.phases.push_back(rails_phase(tiers.rails, tiers.width / cards, tally));
  return draft;
}

} // namespace iccsim::workload
