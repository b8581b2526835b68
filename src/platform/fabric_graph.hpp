// A fabric as a Boost.Graph: one directed edge a resource, so that routes can be checked against searches.
#pragma once

#include "iccsim/platform/resource.hpp"

#include <boost/graph/adjacency_list.hpp>

#include <vector>

namespace iccsim::platform {

/// The edge between a port and its switch: its capacity is the NIC's own resource.
constexpr ResourceId port_edge = ~ResourceId{0};

struct FabricEdge {
  ResourceId resource = port_edge;
};

struct FabricGraph {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, FabricEdge>;
  using Vertex = boost::graph_traits<Graph>::vertex_descriptor;

  Graph graph;
  std::vector<std::vector<Vertex>> port; ///< port[host][rail]; in a direct network all ports of a host are one vertex
  /// A route's hops are the edges of its path less this: switched fabrics count switches, direct ones links.
  int uncounted_edges = 1;

  void join(Vertex from, Vertex to, ResourceId resource) { boost::add_edge(from, to, FabricEdge{resource}, graph); }
  void join_both(Vertex a, Vertex b, ResourceId forth, ResourceId back) {
    join(a, b, forth);
    join(b, a, back);
  }
};

/// Edges of the shortest paths from `from` to every vertex (breadth-first search), -1 where there is none.
std::vector<int> breadth_first_distances(const FabricGraph& graph, FabricGraph::Vertex from);

} // namespace iccsim::platform
