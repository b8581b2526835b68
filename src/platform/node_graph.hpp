// The inner graph of one node type: devices, switches and sockets joined by edges that name their resource.
#pragma once

#include "iccsim/scenario/platform_spec.hpp"
#include "platform/local_resources.hpp"
#include "platform/path_table.hpp"

#include <boost/graph/adjacency_list.hpp>

#include <vector>

namespace iccsim::platform {

/// Routes stay in one plane: scale-up links among cards, or PCIe with sockets and host memory.
enum class Plane { scale_up, pcie };

struct NodeEdge {
  Plane plane = Plane::pcie;
  LocalId resource = no_resource;
  double weight = 1; ///< 1 a hop, and a little more for slower links, so that ties go to the faster one
};

using NodeGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, NodeEdge>;
using NodeVertex = boost::graph_traits<NodeGraph>::vertex_descriptor;

/// Vertex numbers by role: cards first, then NICs, drives, host memories (the ends of routes), then what lies between.
struct NodeVertices {
  int cards = 0, nics = 0, drives = 0, sockets = 0, switches = 0;
  NodeVertex card(int i) const { return static_cast<NodeVertex>(i); }
  NodeVertex nic(int i) const { return card(cards) + card(i); }
  NodeVertex drive(int i) const { return nic(nics) + card(i); }
  NodeVertex memory(int i) const { return drive(drives) + card(i); }
  NodeVertex ends() const { return memory(sockets); }
  NodeVertex socket(int i) const { return ends() + static_cast<NodeVertex>(i); }
  NodeVertex pcie_switch(int i) const { return socket(sockets) + static_cast<NodeVertex>(i); }
  NodeVertex scale_up_switch() const { return pcie_switch(switches); }
  NodeVertex count() const { return scale_up_switch() + 1; }
};

/// Ids of a device's two directions.
struct Directions {
  LocalId out = no_resource;
  LocalId in = no_resource;
};

struct BuiltNode {
  NodeVertices vertices;
  NodeGraph graph;
  LocalResources resources;
  std::vector<Directions> card_lanes;    ///< scale-up lanes of each card (kind `switched`)
  std::vector<Directions> nic_ports;     ///< each NIC's port on its fabric
  std::vector<LocalId> memories;         ///< of each socket
  std::vector<LocalId> cores;            ///< of each socket
  LocalId first_card_link = no_resource; ///< kinds `full_mesh` and `torus`: card i owns links_per_card from here
  LocalId links_per_card = 0;
};

/// Builds the graph of a checked spec. `fabric` gives the NICs' efficiency (`storage_efficiency` that of those with
/// `use: storage`) and a scale-up torus its dimensions.
BuiltNode build_node_graph(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric,
                           double storage_efficiency);

/// Adds the cards' lanes and links, and their edges where a domain lies within the node.
void add_scale_up_links(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric, BuiltNode& built);

/// The socket of every card and NIC: that of its PCIe switch; devices below none spread evenly over the sockets.
std::vector<int> card_sockets(const scenario::NodeSpec& node);
std::vector<int> nic_sockets(const scenario::NodeSpec& node);

/// Shortest paths (Boost's Dijkstra) within `plane` between the first `ends` vertices. A path that crosses nothing
/// limited is as empty as one that does not exist: `reachable` tells them apart.
struct PlanePaths {
  PathTable paths;
  std::vector<bool> reachable; ///< row * ends + column
};
PlanePaths shortest_paths(const NodeGraph& graph, Plane plane, NodeVertex ends);

} // namespace iccsim::platform
