#include "iccsim/platform/cluster.hpp"

#include "platform/specs.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

using namespace iccsim;
using scenario::FabricKind;
using scenario::PlatformSpec;
using scenario::ScaleUpKind;

namespace {

struct Bad {
  const char* says; ///< part of the message
  std::function<void(PlatformSpec&)> breaks;
};

scenario::NodeSpec& node(PlatformSpec& spec) {
  return spec.pools[0].node;
}

const Bad bad_specs[] = {
    {"the platform has no nodes", [](auto& s) { s.pools.clear(); }},
    {"two pools of nodes are named gpu", [](auto& s) { s.pools.push_back(s.pools[0]); }},
    {"pool gpu: it needs at least one node, not 0", [](auto& s) { s.pools[0].count = 0; }},
    {"pool gpu: a node needs at least one card, not 0", [](auto& s) { node(s).cards = 0; }},
    {"pool gpu: scale_up.type is switch, but scale_up.bandwidth is missing",
     [](auto& s) { node(s).scale_up.bytes_per_s = 0; }},
    {"scale_up.efficiency must be above 0, not -1", [](auto& s) { node(s).scale_up.efficiency = -1; }},
    {"scale_up.domain_nodes must be at least 1, not 0", [](auto& s) { node(s).scale_up.domain_nodes = 0; }},
    {"scale_up.latency must not be negative",
     [](auto& s) { node(s).scale_up.latency_s = std::numeric_limits<double>::quiet_NaN(); }},
    {"no links are listed", [](auto& s) { node(s).scale_up.kind = ScaleUpKind::links; }},
    {"joins cards 0 and 8, but the cards of a node are 0 to 7",
     [](auto& s) {
       node(s).scale_up.kind = ScaleUpKind::links;
       node(s).scale_up.links = {{0, 8, 1e9}};
     }},
    {"joins cards 3 and 3",
     [](auto& s) {
       node(s).scale_up.kind = ScaleUpKind::links;
       node(s).scale_up.links = {{3, 3, 1e9}};
     }},
    {"link between cards 0 and 1 has no bandwidth",
     [](auto& s) {
       node(s).scale_up.kind = ScaleUpKind::links;
       node(s).scale_up.links = {{0, 1, 0}};
     }},
    {"domain_nodes must be 1",
     [](auto& s) {
       node(s).scale_up.kind = ScaleUpKind::links;
       node(s).scale_up.links = {{0, 1, 1e9}};
       node(s).scale_up.domain_nodes = 2;
     }},
    {"lists card 9, but the node has 8 of them", [](auto& s) { node(s).pcie[0].cards.push_back(9); }},
    {"lists NIC -1", [](auto& s) { node(s).pcie[0].nics.push_back(-1); }},
    {"lists NVMe drive 0, but the node has 0 of them", [](auto& s) { node(s).pcie[0].nvme.push_back(0); }},
    {"card 0 is listed below two PCIe switches", [](auto& s) { node(s).pcie[1].cards.push_back(0); }},
    {"hangs off socket 2, but the node has 2 sockets", [](auto& s) { node(s).pcie[3].socket = 2; }},
    {"slot and uplink bandwidths must not be negative", [](auto& s) { node(s).pcie[0].slot_bytes_per_s = -1; }},
    {"NIC 3 has no bandwidth", [](auto& s) { node(s).nics[3].bytes_per_s = 0; }},
    {"latency of NIC 0 must not be negative", [](auto& s) { node(s).nics[0].latency_s = -1; }},
    {"pool gpu: its nodes have no NIC for the rail_optimized fabric",
     [](auto& s) {
       node(s).nics.clear();
       for (auto& pcie : node(s).pcie) {
         pcie.nics.clear();
       }
     }},
    {"have no NIC for the fat_tree fabric",
     [](auto& s) {
       s.fabric.kind = FabricKind::fat_tree;
       for (auto& nic : node(s).nics) {
         nic.storage = true;
       }
     }},
    {"fabric.efficiency must be above 0, not 0", [](auto& s) { s.fabric.efficiency = 0; }},
    {"fabric.oversubscription must be above 0, not 0", [](auto& s) { s.fabric.oversubscription = 0; }},
    {"fabric.core_oversubscription must be above 0, not -2", [](auto& s) { s.fabric.core_oversubscription = -2; }},
    {"fabric.hop_latency must not be negative", [](auto& s) { s.fabric.hop_latency_s = -1e-9; }},
    {"fabric.link_bandwidth must not be negative", [](auto& s) { s.fabric.link_bytes_per_s = -1; }},
    {"fabric.leaf_ports must be at least 1, not 0", [](auto& s) { s.fabric.leaf_ports = 0; }},
    {"fabric.tiers must be 2 or 3, not 4", [](auto& s) { s.fabric.tiers = 4; }},
    {"fabric.spine_ports must be at least 1, not 0",
     [](auto& s) {
       s.fabric.tiers = 3;
       s.fabric.spine_ports = 0;
     }},
    {"a node has 8 NICs of the compute fabric, but a leaf switch has only 6 ports",
     [](auto& s) {
       s.fabric.kind = FabricKind::fat_tree;
       s.fabric.leaf_ports = 6;
     }},
    {"uplinks a switch",
     [](auto& s) {
       s.fabric.paths = scenario::PathSelection::hash;
       s.fabric.link_bytes_per_s = 1;
     }},
    {"a dragonfly needs fabric.group_routers", [](auto& s) { s.fabric.kind = FabricKind::dragonfly; }},
    {"a dragonfly needs fabric.router_ports",
     [](auto& s) {
       s.fabric.kind = FabricKind::dragonfly;
       s.fabric.group_routers = 4;
     }},
    {"but a dragonfly router has only 4 ports",
     [](auto& s) {
       s.fabric.kind = FabricKind::dragonfly;
       s.fabric.group_routers = 4;
       s.fabric.router_ports = 4;
     }},
    {"more than can be numbered",
     [](auto& s) {
       s.fabric.kind = FabricKind::dragonfly;
       s.fabric.group_routers = 2000000;
       s.fabric.router_ports = 8;
     }},
    {"a torus needs 2 or 3 fabric.dimensions, not 0", [](auto& s) { s.fabric.kind = FabricKind::torus; }},
    {"fabric.dimensions must be at least 1 each, not 8 x -8",
     [](auto& s) {
       s.fabric.kind = FabricKind::torus;
       s.fabric.dimensions = {8, -8};
     }},
    {"the torus 8 x 9 holds 72 nodes, but the cluster has 64",
     [](auto& s) {
       s.fabric.kind = FabricKind::torus;
       s.fabric.dimensions = {8, 9};
     }},
    {"is larger than can be numbered",
     [](auto& s) {
       s.fabric.kind = FabricKind::torus;
       s.fabric.dimensions = {1 << 22, 1 << 22, 1 << 22};
     }},
    {"the torus 8 x 8 holds 64 cards, but the cluster has 512",
     [](auto& s) {
       s.fabric.kind = FabricKind::torus;
       s.fabric.dimensions = {8, 8};
       node(s).scale_up.kind = ScaleUpKind::torus;
     }},
    {"a torus between cards needs one pool of nodes, not 2",
     [](auto& s) {
       s.fabric.kind = FabricKind::torus;
       s.fabric.dimensions = {16, 64};
       node(s).scale_up.kind = ScaleUpKind::torus;
       s.pools.push_back(s.pools[0]);
       s.pools[1].name = "other";
     }},
    {"its 512 cards do not fill whole tori of 7 x 7 (49 cards)",
     [](auto& s) {
       s.fabric.dimensions = {7, 7};
       node(s).scale_up.kind = ScaleUpKind::torus;
     }},
    {"the cluster has 100000464212 links and devices, more than can be numbered",
     [](auto& s) {
       auto bare = specs::lone_card();
       bare.nics[0].bytes_per_s = 1e9;
       s = specs::cluster(bare, 1, FabricKind::full_mesh);
       s.pools[0].node.cards = 1;
       s.pools[0].count = 316228;
     }},
};

} // namespace

TEST_CASE("what cannot be built is refused in a sentence") {
  for (const Bad& bad : bad_specs) {
    auto spec = specs::cluster(specs::dgx(), 64, FabricKind::rail_optimized);
    bad.breaks(spec);
    INFO("expected: " << bad.says);
    try {
      const platform::Cluster cluster(spec);
      FAIL_CHECK("was built");
    } catch (const std::invalid_argument& refusal) {
      CHECK_THAT(refusal.what(), Catch::Contains(bad.says));
    }
  }
}

TEST_CASE("NICs are not needed where one scale-up domain or one node holds every card") {
  auto spec = specs::cluster(specs::dgx(), 4, FabricKind::rail_optimized);
  node(spec).nics.clear();
  for (auto& pcie : node(spec).pcie) {
    pcie.nics.clear();
  }
  node(spec).scale_up.domain_nodes = 4;
  platform::Route route;
  platform::Cluster(spec).route(0, 31, platform::Transport::scale_out, 0, route);
  CHECK(route.uses.size() == 2);
  spec.pools[0].count = 1;
  node(spec).scale_up = {};
  platform::Cluster(spec).route(0, 7, platform::Transport::scale_out, 0, route);
  CHECK(route.uses.size() == 5); // two slots, two root ports, the socket link
}
