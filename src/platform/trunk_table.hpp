// Trunks: the parallel links that join one switch (or one pod) to the tier above, up and down.
//
// With ECMP every link of a trunk carries an equal share, so the trunk is one resource a direction; with hashing
// every link is its own.
#pragma once

#include "iccsim/platform/resource.hpp"

#include <algorithm>
#include <vector>

namespace iccsim::platform {

class TrunkTable {
public:
  explicit TrunkTable(std::uint64_t first = 0) : next_(first) {}

  /// `bytes_per_s`: all links together, one direction. A switch that nothing plugs into has no links.
  void add(double bytes_per_s, std::uint32_t links) {
    even_ = links > 0 && (trunks_.empty() || (even_ && links == trunks_.front().links));
    trunks_.push_back({static_cast<ResourceId>(next_), links, links == 0 ? 0 : bytes_per_s / links});
    next_ += 2ULL * links;
  }
  std::uint32_t size() const { return static_cast<std::uint32_t>(trunks_.size()); }
  std::uint64_t end() const { return next_; }
  bool holds(ResourceId id) const { return !trunks_.empty() && id >= trunks_.front().first && id < next_; }

  std::uint32_t links(std::uint32_t trunk) const { return trunks_[trunk].links; }
  ResourceId up(std::uint32_t trunk, std::uint32_t link) const { return trunks_[trunk].first + link; }
  ResourceId down(std::uint32_t trunk, std::uint32_t link) const {
    return trunks_[trunk].first + trunks_[trunk].links + link;
  }

  /// What an id of this table stands for.
  struct Place {
    std::uint32_t trunk;
    std::uint32_t link;
    bool up;
  };
  Place place(ResourceId id) const {
    const std::uint32_t trunk = even_ ? (id - trunks_.front().first) / (2 * trunks_.front().links) : find(id);
    const std::uint32_t offset = id - trunks_[trunk].first;
    const bool up = offset < trunks_[trunk].links;
    return {trunk, up ? offset : offset - trunks_[trunk].links, up};
  }
  double capacity(ResourceId id) const { return trunks_[place(id).trunk].link_bytes_per_s; }

private:
  struct Trunk {
    ResourceId first;
    std::uint32_t links;
    double link_bytes_per_s;
  };
  std::uint32_t find(ResourceId id) const {
    const auto after = std::upper_bound(trunks_.begin(), trunks_.end(), id,
                                        [](ResourceId wanted, const Trunk& trunk) { return wanted < trunk.first; });
    return static_cast<std::uint32_t>(after - trunks_.begin() - 1);
  }

  std::vector<Trunk> trunks_;
  bool even_ = false; ///< all have as many links
  std::uint64_t next_;
};

} // namespace iccsim::platform
