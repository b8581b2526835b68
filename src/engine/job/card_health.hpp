// Which cards are slow, and by how much.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/health.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace iccsim::engine {

class CardHealth {
public:
  CardHealth() = default;
  /// Nodes and cards that exist. Of several entries for a card the worst counts.
  CardHealth(const std::vector<scenario::StragglerSpec>& stragglers, const platform::Cluster& cluster) {
    for (const scenario::StragglerSpec& straggler : stragglers) {
      const auto node = static_cast<platform::NodeId>(straggler.node);
      const int first = straggler.card.value_or(0);
      const int end = straggler.card ? first + 1 : cluster.node_spec(node).cards;
      for (int card = first; card < end; ++card) {
        double& slowdown = slowdowns_[cluster.first_card(node) + static_cast<platform::CardId>(card)];
        slowdown = std::max({1.0, slowdown, straggler.slowdown});
      }
    }
  }

  /// Compute on the card takes so many times as long as on a healthy one.
  double slowdown(platform::CardId card) const {
    const auto found = slowdowns_.find(card);
    return found == slowdowns_.end() ? 1.0 : found->second;
  }

private:
  std::unordered_map<platform::CardId, double> slowdowns_;
};

} // namespace iccsim::engine
