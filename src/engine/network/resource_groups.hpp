// Resources with the same past and present: same capacity, and the same flows from every bundle ever known.
//
// A bundle that becomes known splits the groups whose resources it treats unequally. Nothing is ever put together
// again here (the past stays different), so a bundle's list of resources is read once and need not be kept. Nodes whose
// resources are in the same groups are looked at once.
#pragma once

#include "engine/network/node_groups.hpp"
#include "engine/network/transfers.hpp"
#include "iccsim/workload/collective.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace iccsim::engine {

using CapacityOf = std::function<double(platform::ResourceId)>; ///< bytes/s

/// What each resource of a group carried for bundles forgotten since, and how full it ever was.
struct UsageHistory {
  double bytes = 0;
  double peak_utilization = 0;
  double saturated_s = 0;
};

class ResourceGroups {
public:
  struct User {
    BundleId bundle;
    double flows;
  };
  struct Group {
    double capacity = 0;
    std::uint32_t members = 0;
    std::vector<User> users; ///< in the order in which the bundles became known
    UsageHistory history;
    UsageHistory mark; ///< of a caller, see BundleModel::mark_usage()
  };

  /// `merge` false: a group for each resource, the reference to which merging must be equal. Resources of like nodes
  /// have equal capacities.
  ResourceGroups(CapacityOf capacity, bool merge, NodeLayout nodes = {});

  /// Groups that a split creates start with the history and mark of the group that they leave.
  void add(BundleId bundle, const workload::ResourceFlowList& resources);
  /// `carried_bytes`: per flow, since add(); it becomes history.
  void remove(BundleId bundle, double carried_bytes);
  void set_capacity(platform::ResourceId resource, double bytes_per_s);

  const std::vector<Group>& groups() const { return groups_; }
  /// Of a resource; null while no bundle used it.
  const Group* find(platform::ResourceId resource) const;
  /// Every split so far, oldest first: from which group which was taken.
  const std::vector<std::pair<std::uint32_t, std::uint32_t>>& splits() const { return splits_; }
  UsageHistory& history(std::uint32_t group) { return groups_[group].history; }
  UsageHistory& mark(std::uint32_t group) { return groups_[group].mark; }
  /// The lowest resource of every group.
  std::vector<platform::ResourceId> representatives() const;

private:
  /// Resources that a bundle treats alike, among those that were alike.
  struct Part {
    std::uint32_t group;
    double capacity; ///< tells apart resources that no bundle used before
    double flows;
    platform::ResourceId lone; ///< the resource when nothing is merged
    bool operator==(const Part& o) const;
  };
  struct PartHash {
    std::size_t operator()(const Part& part) const;
  };
  struct SizedPart {
    Part part;
    std::uint32_t members;
  };
  /// Nodes that were alike and that a bundle treats alike.
  struct Piece {
    NodeGroups::Row row;
    std::size_t begin; ///< in SlicedFlows::local
    std::size_t end;
    std::size_t first_part; ///< in Partition::part_of
    platform::NodeId nodes;
  };
  struct Partition {
    std::vector<SizedPart> parts;
    std::vector<Piece> pieces;
    std::vector<std::uint32_t> piece_of; ///< each node of the bundle, in order
    std::vector<std::uint32_t> part_of;  ///< each resource of the pieces; then those beyond the nodes
    std::unordered_map<Part, std::uint32_t, PartHash> ids;
  };
  Part part_of(platform::ResourceId resource, std::uint32_t group, double flows) const;
  std::uint32_t part_id(const Part& part, Partition& partition);
  void partition_nodes(const SlicedFlows& flows, Partition& partition);
  std::uint32_t add_piece(const SlicedFlows& flows, const SlicedFlows::Slice& slice, platform::NodeId node,
                          Partition& partition);
  Partition partition(const SlicedFlows& flows);
  NodeGroups::Row regroup(const SlicedFlows& flows, const Piece& piece, const std::uint32_t* part,
                          const std::vector<std::uint32_t>& group_of_part);
  void regroup_nodes(const SlicedFlows& flows, const Partition& partition,
                     const std::vector<std::uint32_t>& group_of_part);
  std::uint32_t group_of(platform::ResourceId resource) const;
  void set_group(platform::ResourceId resource, std::uint32_t group);
  double capacity_of(platform::ResourceId resource) const;
  std::uint32_t open_group(double capacity, std::uint32_t members);
  std::uint32_t split(std::uint32_t group, std::uint32_t members);

  CapacityOf capacity_;
  bool merge_;
  std::vector<Group> groups_;
  NodeLayout layout_;
  NodeGroups of_nodes_;
  std::vector<std::uint32_t> group_beyond_; ///< of resources of no node
  std::vector<std::uint32_t> last_part_;    ///< while partitioning: of each group, the part seen last
  std::vector<std::pair<std::uint32_t, std::uint32_t>> splits_;
  std::unordered_map<platform::ResourceId, double> changed_capacity_;
};

} // namespace iccsim::engine
