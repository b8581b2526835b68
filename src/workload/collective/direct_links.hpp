// The direct scale-up links between the cards of a group: what rings run over where there is no switch.
#pragma once

#include "iccsim/scenario/node.hpp"
#include "workload/collective/draft.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::workload {

struct DirectLink {
  std::size_t from; ///< position in the group
  std::size_t to;
  double bytes_per_s;
};

class DirectLinks {
public:
  DirectLinks(const platform::Cluster& cluster, const Group& cards);

  const std::vector<DirectLink>& links() const { return links_; }
  bool between(std::size_t from, std::size_t to) const;
  /// Whether every card reaches every other over them.
  bool connect_all() const;
  double narrowest_bytes_per_s() const { return narrowest_; } ///< of one link
  /// Narrowest links' worth that the card with the fewest can send over: that many rings fit.
  double rings() const;

private:
  std::vector<DirectLink> links_;
  std::vector<std::vector<std::size_t>> neighbours_;
  double narrowest_ = 0;
};

/// Whether cards of this kind of scale-up have direct links.
bool has_direct_links(scenario::ScaleUpKind kind);

/// A way over direct links through all positions, from `start`, ending as late after start + n/2 as need be, so that
/// ways from different starts end apart; empty when there is none.
std::vector<std::size_t> way_through_all(const DirectLinks& links, std::size_t cards, std::size_t start);

} // namespace iccsim::workload
