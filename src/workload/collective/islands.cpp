#include "workload/collective/islands.hpp"

#include "workload/collective/direct_links.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>

namespace iccsim::workload {
namespace {

std::uint64_t island_of(const platform::Cluster& cluster, platform::CardId card) {
  constexpr std::uint64_t node_keys = std::uint64_t{1} << 40; // apart from the numbers of domains
  const auto node = cluster.node_of(card);
  return cluster.node_spec(node).scale_up.kind == scenario::ScaleUpKind::none ? node_keys + node
                                                                              : cluster.scale_up_domain(card);
}

/// Whether all cards are of one node, which is one island.
bool in_one_node(const platform::Cluster& cluster, const Group& group) {
  const platform::NodeId node = cluster.node_of(group.front());
  const platform::CardId first = cluster.first_card(node);
  const auto cards = static_cast<platform::CardId>(cluster.node_spec(node).cards);
  return std::all_of(group.begin() + 1, group.end(), [=](platform::CardId card) { return card - first < cards; });
}

} // namespace

bool in_one_island(const platform::Cluster& cluster, const Group& group) {
  if (in_one_node(cluster, group))
    return true;
  const auto first = island_of(cluster, group.front());
  return std::all_of(group.begin() + 1, group.end(),
                     [&](platform::CardId card) { return island_of(cluster, card) == first; });
}

Islands::Islands(const platform::Cluster& cluster, const Group& group) {
  links_ = cluster.node_spec(cluster.node_of(group.front())).scale_up.kind;
  if (in_one_island(cluster, group)) {
    cards_ = group;
    begin_ = {0, group.size()};
    smallest_ = group.size();
    return;
  }
  if (!take_in_order(cluster, group))
    take_in_any_order(cluster, group);
  if (links_ == scenario::ScaleUpKind::links && count() > 1 && equal())
    find_linked_ways(cluster);
}

/// Whether islands follow one another by their numbers, which needs no sorting.
bool Islands::take_in_order(const platform::Cluster& cluster, const Group& group) {
  begin_.reserve(group.size() + 1);
  smallest_ = group.size();
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto key = island_of(cluster, group[i]);
    if (i > 0 && key < last) {
      begin_.clear();
      return false;
    }
    if (i == 0 || key != last) {
      if (i > 0)
        smallest_ = std::min(smallest_, i - begin_.back());
      begin_.push_back(i);
    }
    last = key;
  }
  smallest_ = std::min(smallest_, group.size() - begin_.back());
  begin_.push_back(group.size());
  cards_ = group;
  return true;
}

void Islands::take_in_any_order(const platform::Cluster& cluster, const Group& group) {
  std::map<std::uint64_t, std::size_t> seen; // key -> island, by first appearance
  std::vector<std::size_t> island(group.size());
  std::uint64_t last_key = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto key = island_of(cluster, group[i]);
    island[i] = i > 0 && key == last_key ? island[i - 1] : seen.emplace(key, seen.size()).first->second;
    last_key = key;
  }
  std::vector<std::size_t> order(group.size());
  std::iota(order.begin(), order.end(), 0);
  if (!std::is_sorted(island.begin(), island.end()))
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return island[a] < island[b]; });

  begin_.assign(seen.size() + 1, 0);
  for (const auto number : island)
    ++begin_[number + 1];
  smallest_ = *std::min_element(begin_.begin() + 1, begin_.end());
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  cards_.reserve(group.size());
  for (const auto position : order)
    cards_.push_back(group[position]);
}

void Islands::find_linked_ways(const platform::Cluster& cluster) {
  const DirectLinks links(cluster, Group(cards_.begin(), cards_.begin() + static_cast<std::ptrdiff_t>(smallest_)));
  for (std::size_t start = 0; start < smallest_; ++start)
    linked_ways_.push_back(way_through_all(links, smallest_, start));
}

void Islands::add_path(std::size_t island, std::size_t start, std::vector<platform::CardId>& cards) const {
  const std::size_t k = size(island);
  if (!linked_ways_.empty() && linked_ways_[start].size() == k) {
    for (const std::size_t position : linked_ways_[start])
      cards.push_back(card(island, position));
    return;
  }
  for (std::size_t i = 0; i < k; ++i) {
    const std::size_t offset = (i + 1) / 2;
    const std::size_t position = i % 2 == 1 ? start + offset : start + k - offset;
    cards.push_back(card(island, position % k));
  }
}

} // namespace iccsim::workload
