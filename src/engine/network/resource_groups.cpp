#include "engine/network/resource_groups.hpp"

#include "iccsim/metrics/result.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

namespace {
constexpr std::uint32_t no_group = UINT32_MAX; // no bundle used the resource so far
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

ResourceGroups::ResourceGroups(CapacityOf capacity, bool merge) : capacity_(std::move(capacity)), merge_(merge) {}

std::uint32_t ResourceGroups::group_of(platform::ResourceId resource) const {
  return resource < group_of_.size() ? group_of_[resource] : no_group;
}

const ResourceGroups::Group* ResourceGroups::find(platform::ResourceId resource) const {
  const std::uint32_t group = group_of(resource);
  return group == no_group ? nullptr : &groups_[group];
}

double ResourceGroups::capacity_of(platform::ResourceId resource) const {
  const auto changed = changed_capacity_.find(resource);
  return changed == changed_capacity_.end() ? capacity_(resource) : changed->second;
}

ResourceGroups::Part ResourceGroups::part_of(const workload::ResourceFlows& use) const {
  const std::uint32_t group = group_of(use.resource);
  const double capacity = group == no_group ? capacity_of(use.resource) : groups_[group].capacity;
  if (!(use.flows > 0) || !(capacity > 0)) {
    throw metrics::InternalError("a bundle with flows or a resource with a capacity that is not positive");
  }
  return {group, capacity, use.flows, merge_ ? 0 : use.resource};
}

/// Resources of a group mostly go on together, so the part that was seen last is tried before the table.
ResourceGroups::Partition ResourceGroups::partition(const std::vector<workload::ResourceFlows>& resources) {
  std::unordered_map<Part, std::uint32_t, PartHash> ids;
  Partition result;
  result.part_of.reserve(resources.size());
  last_part_.assign(groups_.size() + 1, 0); // resources that no bundle used so far are the last
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (i > 0 && resources[i].resource <= resources[i - 1].resource) {
      throw metrics::InternalError("the resources of a bundle are not sorted and merged");
    }
    const Part part = part_of(resources[i]);
    std::uint32_t& id = last_part_[std::min<std::size_t>(part.group, groups_.size())];
    if (i == 0 || !(result.parts[id].part == part)) {
      const auto [found, fresh] = ids.emplace(part, static_cast<std::uint32_t>(result.parts.size()));
      if (fresh) {
        result.parts.push_back({part, 0});
      }
      id = found->second;
    }
    ++result.parts[id].members;
    result.part_of.push_back(id);
  }
  return result;
}

void ResourceGroups::add(BundleId bundle, const std::vector<workload::ResourceFlows>& resources) {
  if (resources.empty()) {
    return;
  }
  const Partition partitioned = partition(resources);
  std::vector<std::uint32_t> group_of_part;
  for (const auto& [part, members] : partitioned.parts) {
    group_of_part.push_back(part.group == no_group ? open_group(part.capacity, members) : split(part.group, members));
    groups_[group_of_part.back()].users.push_back({bundle, part.flows});
  }
  if (resources.back().resource >= group_of_.size()) {
    group_of_.resize(resources.back().resource + 1, no_group);
  }
  for (std::size_t i = 0; i < resources.size(); ++i) {
    group_of_[resources[i].resource] = group_of_part[partitioned.part_of[i]];
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
    group_of_[resource] = split(group, 1);
    groups_[group_of_[resource]].capacity = bytes_per_s;
  }
}

std::vector<platform::ResourceId> ResourceGroups::representatives() const {
  std::vector<platform::ResourceId> lowest(groups_.size(), UINT32_MAX);
  for (platform::ResourceId resource = 0; resource < group_of_.size(); ++resource) {
    if (group_of_[resource] != no_group) {
      lowest[group_of_[resource]] = std::min(lowest[group_of_[resource]], resource);
    }
  }
  return lowest;
}

} // namespace iccsim::engine
