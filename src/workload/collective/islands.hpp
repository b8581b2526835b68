// A group seen by scale-up domain: which of its cards reach each other without a NIC.
#pragma once

#include "iccsim/scenario/node.hpp"
#include "workload/collective/draft.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::workload {

/// Whether all cards reach one another without a NIC: Islands would count one.
bool in_one_island(const platform::Cluster& cluster, const Group& group);

/// The cards of a group, island by island, in the order in which the group names them. An island is a scale-up domain,
/// or a node where cards have no scale-up links.
class Islands {
public:
  Islands(const platform::Cluster& cluster, const Group& group);

  std::size_t count() const { return begin_.size() - 1; }
  std::size_t size(std::size_t island) const { return begin_[island + 1] - begin_[island]; }
  platform::CardId card(std::size_t island, std::size_t position) const { return cards_[begin_[island] + position]; }
  std::size_t cards() const { return cards_.size(); }
  std::size_t smallest() const { return smallest_; }
  bool equal() const { return smallest_ * count() == cards_.size(); }
  scenario::ScaleUpKind links() const { return links_; } ///< of the first island

  /// Appends a way through all cards of an island that starts at `start`: over direct links where they are irregular (a
  /// hybrid cube mesh), else s, s+1, s-1, s+2, ... (mod k). Over all starts that walks every ordered pair of an even k
  /// once (Williams 1949), so parallel channels use the links of a full mesh evenly.
  void add_path(std::size_t island, std::size_t start, std::vector<platform::CardId>& cards) const;

private:
  bool take_in_order(const platform::Cluster& cluster, const Group& group);
  void take_in_any_order(const platform::Cluster& cluster, const Group& group);
  void find_linked_ways(const platform::Cluster& cluster);

  std::vector<platform::CardId> cards_;
  std::vector<std::size_t> begin_;
  std::size_t smallest_ = 0;
  std::vector<std::vector<std::size_t>> linked_ways_; ///< by start, of the first island; all alike where sizes agree
  scenario::ScaleUpKind links_ = scenario::ScaleUpKind::none;
};

} // namespace iccsim::workload
