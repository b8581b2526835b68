#include "engine/network/resource_groups.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace iccsim::engine {

namespace {
constexpr std::uint32_t no_group = NodeGroups::no_group;
} // namespace

bool ResourceGroups::Part::operator==(const Part& o) const {
  return group == o.group && capacity == o.capacity && flows == o.flows && lone == o.lone;
}

std::size_t ResourceGroups::PartHash::operator()(const Part& part) const {
  const std::hash<double> hash;
  std::size_t h = part.group;
  for (const std::size_t piece : {hash(part.capacity), hash(part.flows), static_cast<std::size_t>(part.lone)}) {
    h = (h ^ piece) * 0x9e3779b97f4a7c15ULL; // 2^64 / golden ratio: Fibonacci hashing, Knuth vol. 3, section 6.4
    h ^= h >> 29;
  }
  return h;
}

ResourceGroups::ResourceGroups(CapacityOf capacity, bool merge, NodeLayout nodes)
    : capacity_(std::move(capacity)), merge_(merge), layout_(std::move(nodes)), of_nodes_(layout_) {}

std::uint32_t ResourceGroups::group_of(platform::ResourceId resource) const {
  if (resource < layout_.beyond()) {
    const NodeLayout::Place place = layout_.place(resource);
    return of_nodes_.group(of_nodes_.row_of(place.node), place.local);
  }
  const platform::ResourceId beyond = resource - layout_.beyond();
  return beyond < group_beyond_.size() ? group_beyond_[beyond] : no_group;
}

void ResourceGroups::set_group(platform::ResourceId resource, std::uint32_t group) {
  if (resource >= layout_.beyond()) {
    group_beyond_[resource - layout_.beyond()] = group;
    return;
  }
  const NodeLayout::Place place = layout_.place(resource);
  const NodeGroups::Row row = of_nodes_.own(of_nodes_.row_of(place.node), 1);
  of_nodes_.set_group(row, place.local, group);
  of_nodes_.assign(place.node, row);
}

const ResourceGroups::Group* ResourceGroups::find(platform::ResourceId resource) const {
  const std::uint32_t group = group_of(resource);
  return group == no_group ? nullptr : &groups_[group];
}

double ResourceGroups::capacity_of(platform::ResourceId resource) const {
  const auto changed = changed_capacity_.find(resource);
  return changed == changed_capacity_.end() ? capacity_(resource) : changed->second;
}

ResourceGroups::Part ResourceGroups::part_of(platform::ResourceId resource, std::uint32_t group, double flows) const {
  const double capacity = group == no_group ? capacity_of(resource) : groups_[group].capacity;
  if (!(flows > 0) || !(capacity > 0)) {
    throw metrics::InternalError("a bundle with flows or a resource with a capacity that is not positive");
  }
  return {group, capacity, flows, merge_ ? 0 : resource};
}

/// Resources of a group mostly go on together, so the part that was seen last is tried before the table.
std::uint32_t ResourceGroups::part_id(const Part& part, Partition& partition) {
  std::uint32_t& id = last_part_[std::min<std::size_t>(part.group, groups_.size())];
  if (partition.parts.empty() || !(partition.parts[id].part == part)) {
    const auto [found, fresh] = partition.ids.emplace(part, static_cast<std::uint32_t>(partition.parts.size()));
    if (fresh) {
      partition.parts.push_back({part, 0});
    }
    id = found->second;
  }
  return id;
}

std::uint32_t ResourceGroups::add_piece(const SlicedFlows& flows, const SlicedFlows::Slice& slice,
                                        platform::NodeId node, Partition& partition) {
  const NodeGroups::Row row = of_nodes_.row_of(node);
  const platform::ResourceId first = layout_.first_resource(node);
  partition.pieces.push_back({row, slice.begin, slice.end, partition.part_of.size(), 0});
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    const workload::ResourceFlows& use = flows.local[i];
    const Part part = part_of(first + use.resource, of_nodes_.group(row, use.resource), use.flows);
    partition.part_of.push_back(part_id(part, partition));
  }
  return static_cast<std::uint32_t>(partition.pieces.size() - 1);
}

void ResourceGroups::partition_nodes(const SlicedFlows& flows, Partition& partition) {
  std::map<std::pair<NodeGroups::Row, std::size_t>, std::uint32_t> known;
  for (const SlicedFlows::Slice& slice : flows.slices) {
    for (platform::NodeId node = slice.node; node < slice.node + slice.nodes; ++node) {
      const NodeGroups::Row row = of_nodes_.row_of(node);
      std::uint32_t piece = partition.piece_of.empty() ? 0 : partition.piece_of.back();
      const bool goes_on = merge_ && !partition.pieces.empty() && partition.pieces[piece].row == row &&
                           partition.pieces[piece].begin == slice.begin;
      if (!goes_on) {
        const auto found = merge_ ? known.find({row, slice.begin}) : known.end();
        piece = found != known.end() ? found->second : add_piece(flows, slice, node, partition);
        known[{row, slice.begin}] = piece;
      }
      ++partition.pieces[piece].nodes;
      partition.piece_of.push_back(piece);
    }
  }
  for (const Piece& piece : partition.pieces) {
    for (std::size_t i = 0; i < piece.end - piece.begin; ++i) {
      partition.parts[partition.part_of[piece.first_part + i]].members += piece.nodes;
    }
  }
}

ResourceGroups::Partition ResourceGroups::partition(const SlicedFlows& flows) {
  Partition partition;
  last_part_.assign(groups_.size() + 1, 0); // resources that no bundle used so far are the last
  partition_nodes(flows, partition);
  for (const workload::ResourceFlows& use : flows.beyond) {
    const std::uint32_t id = part_id(part_of(use.resource, group_of(use.resource), use.flows), partition);
    ++partition.parts[id].members;
    partition.part_of.push_back(id);
  }
  return partition;
}

void ResourceGroups::add(BundleId bundle, const workload::ResourceFlowList& resources) {
  if (resources.empty()) {
    return;
  }
  const SlicedFlows flows(resources, layout_);
  const Partition partitioned = partition(flows);
  std::vector<std::uint32_t> group_of_part;
  for (const auto& [part, members] : partitioned.parts) {
    group_of_part.push_back(part.group == no_group ? open_group(part.capacity, members) : split(part.group, members));
    groups_[group_of_part.back()].users.push_back({bundle, part.flows});
  }
  regroup_nodes(flows, partitioned, group_of_part);
  if (!flows.beyond.empty() && flows.beyond.back().resource - layout_.beyond() >= group_beyond_.size()) {
    group_beyond_.resize(flows.beyond.back().resource - layout_.beyond() + 1, no_group);
  }
  const std::size_t first = partitioned.part_of.size() - flows.beyond.size();
  for (std::size_t i = 0; i < flows.beyond.size(); ++i) {
    set_group(flows.beyond[i].resource, group_of_part[partitioned.part_of[first + i]]);
  }
}

/// A row for the nodes of a piece, none of which has left its row so far.
NodeGroups::Row ResourceGroups::regroup(const SlicedFlows& flows, const Piece& piece, const std::uint32_t* part,
                                        const std::vector<std::uint32_t>& group_of_part) {
  NodeGroups::Row row = piece.row;
  for (std::size_t i = piece.begin; i < piece.end; ++i) {
    const std::uint32_t group = group_of_part[part[i - piece.begin]];
    if (group != of_nodes_.group(row, flows.local[i].resource)) {
      row = row == piece.row ? of_nodes_.own(row, piece.nodes) : row;
      of_nodes_.set_group(row, flows.local[i].resource, group);
    }
  }
  return row;
}

void ResourceGroups::regroup_nodes(const SlicedFlows& flows, const Partition& partition,
                                   const std::vector<std::uint32_t>& group_of_part) {
  constexpr NodeGroups::Row undecided = UINT32_MAX;
  std::vector<NodeGroups::Row> rows(partition.pieces.size(), undecided);
  std::size_t at = 0;
  for (const SlicedFlows::Slice& slice : flows.slices) {
    for (platform::NodeId node = slice.node; node < slice.node + slice.nodes; ++node, ++at) {
      const std::uint32_t which = partition.piece_of[at];
      if (rows[which] == undecided) {
        const Piece& piece = partition.pieces[which];
        rows[which] = regroup(flows, piece, partition.part_of.data() + piece.first_part, group_of_part);
      }
      if (rows[which] != of_nodes_.row_of(node)) {
        of_nodes_.assign(node, rows[which]);
      }
    }
  }
}

std::uint32_t ResourceGroups::open_group(double capacity, std::uint32_t members) {
  groups_.push_back({capacity, members, {}, {}, {}});
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

/// `members` of the group go their own way; the group itself when these are all that it has.
std::uint32_t ResourceGroups::split(std::uint32_t group, std::uint32_t members) {
  if (groups_[group].members == members) {
    return group;
  }
  groups_[group].members -= members;
  Group leaving = groups_[group];
  leaving.members = members;
  groups_.push_back(std::move(leaving));
  splits_.emplace_back(group, static_cast<std::uint32_t>(groups_.size() - 1));
  return splits_.back().second;
}

void ResourceGroups::remove(BundleId bundle, double carried_bytes) {
  for (Group& group : groups_) {
    const auto user = std::find_if(group.users.begin(), group.users.end(),
                                   [bundle](const User& candidate) { return candidate.bundle == bundle; });
    if (user != group.users.end()) {
      group.history.bytes += user->flows * carried_bytes;
      group.users.erase(user);
    }
  }
}

void ResourceGroups::set_capacity(platform::ResourceId resource, double bytes_per_s) {
  changed_capacity_[resource] = bytes_per_s;
  const std::uint32_t group = group_of(resource);
  if (group != no_group) {
    set_group(resource, split(group, 1));
    groups_[group_of(resource)].capacity = bytes_per_s;
  } else if (resource < layout_.beyond()) {
    set_group(resource, no_group); // its node is no longer as others are
  }
}

std::vector<platform::ResourceId> ResourceGroups::representatives() const {
  std::vector<platform::ResourceId> lowest(groups_.size(), UINT32_MAX);
  const auto see = [&lowest](std::uint32_t group, platform::ResourceId resource) {
    if (group != no_group) {
      lowest[group] = std::min(lowest[group], resource);
    }
  };
  std::vector<bool> seen(of_nodes_.rows());
  for (platform::NodeId node = 0; node < layout_.nodes(); ++node) {
    const NodeGroups::Row row = of_nodes_.row_of(node);
    const platform::ResourceId first = seen[row] ? 0 : layout_.first_resource(node);
    for (platform::ResourceId local = 0; !seen[row] && local < of_nodes_.resources(row); ++local) {
      see(of_nodes_.group(row, local), first + local);
    }
    seen[row] = true;
  }
  for (platform::ResourceId beyond = 0; beyond < group_beyond_.size(); ++beyond) {
    see(group_beyond_[beyond], layout_.beyond() + beyond);
  }
  return lowest;
}

} // namespace iccsim::engine
