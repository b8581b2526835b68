#include "platform/node_graph.hpp"

#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/filtered_graph.hpp>

#include <algorithm>
#include <limits>

namespace iccsim::platform {
namespace {

using Edge = boost::graph_traits<NodeGraph>::edge_descriptor;

struct InPlane {
  const NodeGraph* graph = nullptr;
  Plane plane = Plane::pcie;
  bool operator()(const Edge& edge) const { return (*graph)[edge].plane == plane; }
};

/// The limited resources from `source` to `target`, walked back along the edges that reached each vertex.
std::vector<LocalId> collect(const NodeGraph& graph, const std::vector<Edge>& reached_by, NodeVertex source,
                             NodeVertex target) {
  std::vector<LocalId> path;
  for (NodeVertex at = target; at != source; at = boost::source(reached_by[at], graph)) {
    const LocalId resource = graph[reached_by[at]].resource;
    if (resource != no_resource) {
      path.push_back(resource);
    }
  }
  std::reverse(path.begin(), path.end());
  return path;
}

} // namespace

PlanePaths shortest_paths(const NodeGraph& graph, Plane plane, NodeVertex ends) {
  const boost::filtered_graph<NodeGraph, InPlane> in_plane(graph, InPlane{&graph, plane});
  const std::size_t vertices = boost::num_vertices(graph);
  PlanePaths result{PathTable(ends), std::vector<bool>(ends * ends, false)};
  for (NodeVertex source = 0; source < ends; ++source) {
    std::vector<double> distance(vertices, std::numeric_limits<double>::max());
    std::vector<Edge> reached_by(vertices);
    boost::dijkstra_shortest_paths(in_plane, source,
                                   boost::weight_map(boost::get(&NodeEdge::weight, graph))
                                       .distance_map(distance.data())
                                       .visitor(boost::make_dijkstra_visitor(boost::record_edge_predecessors(
                                           reached_by.data(), boost::on_edge_relaxed()))));
    for (NodeVertex target = 0; target < ends; ++target) {
      const bool reachable = distance[target] < std::numeric_limits<double>::max();
      result.reachable[source * ends + target] = reachable;
      result.paths.append(reachable ? collect(graph, reached_by, source, target) : std::vector<LocalId>{});
    }
  }
  return result;
}

} // namespace iccsim::platform
