// Host memory that is left for page caches.
#pragma once

#include "iccsim/platform/cluster.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

namespace iccsim::engine {

/// The nodes of some cards, each once, in order of appearance.
inline std::vector<platform::NodeId> nodes_of(const std::vector<platform::CardId>& cards,
                                              const platform::Cluster& cluster) {
  std::vector<platform::NodeId> nodes;
  std::vector<bool> seen(cluster.nodes());
  for (const platform::CardId card : cards) {
    const platform::NodeId node = cluster.node_of(card);
    if (!seen[node]) {
      seen[node] = true;
      nodes.push_back(node);
    }
  }
  return nodes;
}

class PageMemory {
public:
  explicit PageMemory(const platform::Cluster& cluster) : cluster_(cluster) {}

  void reserve(platform::NodeId node, double bytes) { taken_[node].bytes += bytes; }
  /// Datasets that keep pages on a node share what is free evenly.
  void join(platform::NodeId node) { ++taken_[node].datasets; }
  void leave(platform::NodeId node) { --taken_[node].datasets; }

  /// For one dataset, on the node that has least of it; a node whose memory is not known has none.
  double bytes_for_one(const std::vector<platform::NodeId>& nodes) const {
    double least = std::numeric_limits<double>::infinity();
    for (const platform::NodeId node : nodes) {
      const auto found = taken_.find(node);
      const Taken taken = found == taken_.end() ? Taken{} : found->second;
      const double free = cluster_.node_spec(node).host.memory_bytes - taken.bytes;
      least = std::min(least, std::max(0.0, free) / std::max(1, taken.datasets));
    }
    return least;
  }

private:
  struct Taken {
    double bytes = 0;
    int datasets = 0;
  };
  const platform::Cluster& cluster_;
  std::map<platform::NodeId, Taken> taken_;
};

} // namespace iccsim::engine
