// The cluster as a scenario describes it: pools of nodes, a fabric, storage.
#pragma once

#include "iccsim/enum_table.hpp"
#include "iccsim/scenario/node.hpp"
#include "iccsim/scenario/storage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario {

enum class FabricKind { rail_optimized, fat_tree, dragonfly, torus, full_mesh, single_switch };
enum class PathSelection { ecmp, hash };

struct FabricSpec {
  FabricKind kind = FabricKind::rail_optimized; ///< `type`
  double oversubscription = 1.0;                ///< leaf downlink : uplink bandwidth, 2.0 is 2:1
  double core_oversubscription = 1.0;           ///< three tiers: spine downlinks : uplinks
  int leaf_ports = 64;                          ///< downlinks of a leaf (node ports it serves)
  int spine_ports = 64;                         ///< downlinks of a spine (leaves per pod) when tiers is 3
  int tiers = 2;                                ///< 2 or 3
  double hop_latency_s = 600e-9;                ///< `hop_latency`: one switch and its cable
  double efficiency = 1.0;                      ///< share of the line rate that payload gets
  double link_bytes_per_s = 0;                  ///< `link_bandwidth`: switch-to-switch link; 0: as fast as the NIC
  PathSelection paths = PathSelection::ecmp;    ///< ecmp: a flow spreads evenly; hash: one path per flow
  std::uint64_t hash_seed = 1;
  bool in_network_reduction = false; ///< switches add (SHARP)
  std::vector<int> dimensions;       ///< torus: 2 or 3 sizes, in nodes or in cards (see `torus_of`)
  bool wrap = true;                  ///< torus: wrap-around links
  int group_routers = 0;             ///< dragonfly: routers of a group
  int router_ports = 0;              ///< dragonfly: node ports of a router
};

/// Equal nodes under one name.
struct NodePoolSpec {
  std::string name;
  NodeSpec node;
  int count = 0;
};

struct PlatformSpec {
  std::string name;
  std::vector<NodePoolSpec> pools; ///< `nodes`
  FabricSpec fabric;
  std::vector<StorageSpec> storage;
  /// `storage_fabric`: between the nodes' storage NICs and the servers; unset: a switch that never binds.
  std::optional<FabricSpec> storage_fabric;
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::FabricKind> {
  using K = scenario::FabricKind;
  static constexpr EnumRow<K> rows[] = {
      {K::rail_optimized, "rail_optimized", "the k-th NIC of every node meets in the k-th set of leaves"},
      {K::fat_tree, "fat_tree", "all NICs of a node meet in one leaf"},
      {K::dragonfly, "dragonfly", "groups of fully joined routers, one link between groups"},
      {K::torus, "torus", "2D or 3D neighbours"},
      {K::full_mesh, "full_mesh", "a link between every two nodes"},
      {K::single_switch, "single_switch", "one non-blocking switch"},
  };
};
template <> struct EnumTable<scenario::PathSelection> {
  using K = scenario::PathSelection;
  static constexpr EnumRow<K> rows[] = {
      {K::ecmp, "ecmp", "flows spread evenly over equal-cost paths"},
      {K::hash, "hash", "each flow takes one path by a seeded hash, so collisions happen"},
  };
};
} // namespace iccsim
