#include "workload/collective/direct_links.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace iccsim::workload {
namespace {

/// Groups up to this size have all pairs asked; in larger ones (tori) the links of three cards tell at which distances
/// in the group neighbours sit.
constexpr std::size_t all_pairs_up_to = 32;

/// Asks the cluster for direct links between the cards of a group.
class LinkProbe {
public:
  LinkProbe(const platform::Cluster& cluster, const Group& cards) : cluster_(cluster), cards_(cards) {}

  /// Bytes per second of the link, 0 where there is none.
  double operator()(std::size_t from, std::size_t to) {
    if (from == to)
      return 0;
    cluster_.route(cards_[from], cards_[to], platform::Transport::fastest, 0, route_);
    const bool direct =
        route_.uses.size() == 1 && cluster_.kind(route_.uses.front().resource) == platform::ResourceKind::scale_up_link;
    return direct ? cluster_.capacity(route_.uses.front().resource) : 0;
  }

private:
  const platform::Cluster& cluster_;
  const Group& cards_;
  platform::Route route_;
};

std::set<std::ptrdiff_t> candidate_offsets(std::size_t cards, LinkProbe& probe) {
  std::set<std::ptrdiff_t> offsets;
  const auto last = static_cast<std::ptrdiff_t>(cards) - 1;
  if (cards <= all_pairs_up_to) {
    for (std::ptrdiff_t offset = -last; offset <= last; ++offset)
      offsets.insert(offset);
    return offsets;
  }
  for (const std::size_t from : {std::size_t{0}, cards / 2, cards - 1})
    for (std::size_t to = 0; to < cards; ++to)
      if (probe(from, to) > 0)
        offsets.insert(static_cast<std::ptrdiff_t>(to) - static_cast<std::ptrdiff_t>(from));
  return offsets;
}

/// Depth first; `way` is a way so far, `end` where it must end.
bool extend(const DirectLinks& links, std::size_t cards, std::size_t end, std::vector<std::size_t>& way,
            std::vector<bool>& visited) {
  if (way.size() == cards)
    return way.back() == end;
  for (std::size_t step = 1; step < cards; ++step) {
    const std::size_t next = (way.back() + step) % cards;
    const bool too_early = next == end && way.size() + 1 < cards;
    if (visited[next] || too_early || !links.between(way.back(), next))
      continue;
    visited[next] = true;
    way.push_back(next);
    if (extend(links, cards, end, way, visited))
      return true;
    way.pop_back();
    visited[next] = false;
  }
  return false;
}

} // namespace

DirectLinks::DirectLinks(const platform::Cluster& cluster, const Group& cards) : neighbours_(cards.size()) {
  LinkProbe probe(cluster, cards);
  const auto offsets = candidate_offsets(cards.size(), probe);
  narrowest_ = std::numeric_limits<double>::infinity();
  for (std::size_t from = 0; from < cards.size(); ++from)
    for (const auto offset : offsets) {
      const auto to = static_cast<std::ptrdiff_t>(from) + offset;
      if (to < 0 || to >= static_cast<std::ptrdiff_t>(cards.size()))
        continue;
      const double bytes_per_s = probe(from, static_cast<std::size_t>(to));
      if (bytes_per_s == 0)
        continue;
      links_.push_back({from, static_cast<std::size_t>(to), bytes_per_s});
      neighbours_[from].push_back(static_cast<std::size_t>(to));
      narrowest_ = std::min(narrowest_, bytes_per_s);
    }
}

bool DirectLinks::between(std::size_t from, std::size_t to) const {
  const auto& known = neighbours_[from];
  return std::find(known.begin(), known.end(), to) != known.end();
}

bool DirectLinks::connect_all() const {
  std::vector<bool> reached(neighbours_.size());
  std::vector<std::size_t> front{0};
  reached[0] = true;
  for (std::size_t i = 0; i < front.size(); ++i)
    for (const std::size_t next : neighbours_[front[i]])
      if (!reached[next]) {
        reached[next] = true;
        front.push_back(next);
      }
  return front.size() == neighbours_.size();
}

double DirectLinks::rings() const {
  std::vector<double> out(neighbours_.size());
  for (const DirectLink& link : links_)
    out[link.from] += link.bytes_per_s;
  return *std::min_element(out.begin(), out.end()) / narrowest_;
}

bool has_direct_links(scenario::ScaleUpKind kind) {
  return kind == scenario::ScaleUpKind::full_mesh || kind == scenario::ScaleUpKind::links ||
         kind == scenario::ScaleUpKind::torus;
}

std::vector<std::size_t> way_through_all(const DirectLinks& links, std::size_t cards, std::size_t start) {
  for (std::size_t i = 0; i + 1 < cards; ++i) {
    const std::size_t end = (start + cards / 2 + i) % cards;
    std::vector<std::size_t> way{start};
    std::vector<bool> visited(cards);
    visited[start] = true;
    if (end != start && extend(links, cards, end, way, visited))
      return way;
  }
  return {};
}

} // namespace iccsim::workload
