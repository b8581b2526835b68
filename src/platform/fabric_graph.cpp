#include "platform/fabric_graph.hpp"

#include <boost/graph/breadth_first_search.hpp>

namespace iccsim::platform {

std::vector<int> breadth_first_distances(const FabricGraph& graph, FabricGraph::Vertex from) {
  std::vector<int> distance(boost::num_vertices(graph.graph), -1);
  distance[from] = 0;
  boost::breadth_first_search(
      graph.graph, from,
      boost::visitor(boost::make_bfs_visitor(boost::record_distances(distance.data(), boost::on_tree_edge()))));
  return distance;
}

} // namespace iccsim::platform
