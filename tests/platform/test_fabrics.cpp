// Closed-form routes of every fabric against breadth-first search and flow conservation on its graph.
#include "platform/fabric.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace iccsim;
using namespace iccsim::platform;
using scenario::FabricKind;
using scenario::FabricSpec;
using scenario::PathSelection;

namespace {

constexpr ResourceId base = 1000;

struct Case {
  std::string title;
  FabricSpec spec;
  std::vector<HostRun> runs;
  bool shortest = true; ///< dragonfly: minimal routes may be longer than a way through a third group
};

HostRun hosts(std::uint32_t count, std::size_t ports, double rate = 25e9) {
  return {count, std::vector<double>(ports, rate)};
}

FabricSpec clos(FabricKind kind, int leaf_ports, int tiers = 2, int spine_ports = 4) {
  FabricSpec spec;
  spec.kind = kind;
  spec.leaf_ports = leaf_ports;
  spec.tiers = tiers;
  spec.spine_ports = spine_ports;
  spec.oversubscription = 2;
  return spec;
}

FabricSpec torus(std::vector<int> dimensions, bool wrap) {
  FabricSpec spec;
  spec.kind = FabricKind::torus;
  spec.dimensions = std::move(dimensions);
  spec.wrap = wrap;
  return spec;
}

FabricSpec dragonfly(int group_routers, int router_ports) {
  FabricSpec spec;
  spec.kind = FabricKind::dragonfly;
  spec.group_routers = group_routers;
  spec.router_ports = router_ports;
  return spec;
}

FabricSpec plain(FabricKind kind) {
  FabricSpec spec;
  spec.kind = kind;
  return spec;
}

std::vector<Case> cases() {
  std::vector<Case> all = {
      {"rail, two tiers", clos(FabricKind::rail_optimized, 4), {hosts(18, 4)}},
      {"rail, three tiers", clos(FabricKind::rail_optimized, 4, 3, 8), {hosts(18, 4)}},
      {"rail, one group", clos(FabricKind::rail_optimized, 32), {hosts(9, 8)}},
      {"rail, mixed", clos(FabricKind::rail_optimized, 8), {hosts(11, 8), hosts(7, 2, 50e9), hosts(5, 1)}},
      {"fat tree, two tiers", clos(FabricKind::fat_tree, 16), {hosts(17, 4)}},
      {"fat tree, three tiers", clos(FabricKind::fat_tree, 8, 3), {hosts(45, 2)}},
      {"fat tree, one leaf", clos(FabricKind::fat_tree, 64), {hosts(10, 4)}},
      {"fat tree, mixed", clos(FabricKind::fat_tree, 10, 3, 2), {hosts(9, 4), hosts(9, 1, 50e9)}},
      {"torus 4x6", torus({4, 6}, true), {hosts(24, 2)}},
      {"torus 3x4x5", torus({3, 4, 5}, true), {hosts(60, 1)}},
      {"torus 2x2x3", torus({2, 2, 3}, true), {hosts(12, 1)}},
      {"torus 1x7", torus({1, 7}, true), {hosts(7, 1)}},
      {"mesh 5x5", torus({5, 5}, false), {hosts(25, 1)}},
      {"mesh 3x2x4", torus({3, 2, 4}, false), {hosts(24, 1)}},
      {"full mesh", plain(FabricKind::full_mesh), {hosts(7, 2), hosts(4, 1)}},
      {"single switch", plain(FabricKind::single_switch), {hosts(9, 3)}},
      {"dragonfly, one group", dragonfly(4, 4), {hosts(14, 1)}},
      {"dragonfly, 9 groups of 4", dragonfly(4, 2), {hosts(72, 1)}, false},
      {"dragonfly, parallel global links", dragonfly(4, 4), {hosts(22, 2)}, false},
      {"dragonfly, many small groups", dragonfly(2, 2), {hosts(41, 1)}, false},
  };
  const std::size_t plain_cases = all.size();
  for (std::size_t i = 0; i < plain_cases; ++i) {
    Case hashed = all[i];
    hashed.title += ", hashed";
    hashed.spec.paths = PathSelection::hash;
    all.push_back(hashed);
  }
  return all;
}

struct Built {
  explicit Built(const Case& one)
      : hosts(gather(one.runs)), fabric(make_fabric(one.spec, hosts, base)), graph(fabric->graph()) {}
  static FabricHosts gather(const std::vector<HostRun>& runs) {
    FabricHosts all;
    for (const auto& run : runs) {
      all.add(run);
    }
    return all;
  }

  FabricHosts hosts;
  std::unique_ptr<Fabric> fabric;
  FabricGraph graph;
};

struct Pair {
  Port from, to;
};

std::vector<Pair> random_pairs(const FabricHosts& hosts, int count) {
  std::mt19937 random(7);
  const auto port = [&] {
    const std::uint32_t host = random() % hosts.count();
    return Port{host, static_cast<int>(random() % static_cast<unsigned>(hosts.ports(host)))};
  };
  std::vector<Pair> pairs;
  while (static_cast<int>(pairs.size()) < count) {
    const Pair pair{port(), port()};
    if (pair.from.host != pair.to.host) {
      pairs.push_back(pair);
    }
  }
  return pairs;
}

FabricGraph::Vertex vertex_of(const Built& built, Port port) {
  return built.graph.port[port.host][static_cast<std::size_t>(port.rail)];
}

using Edge = FabricGraph::Graph::edge_descriptor;

std::vector<Edge> edges_of(const FabricGraph::Graph& graph) {
  std::vector<Edge> edges;
  for (std::size_t vertex = 0; vertex < boost::num_vertices(graph); ++vertex) {
    const auto [first, last] = boost::out_edges(vertex, graph);
    edges.insert(edges.end(), first, last);
  }
  return edges;
}

/// Where a flow enters the switches: the port itself in a direct network, else its only neighbour.
FabricGraph::Vertex entry_of(const Built& built, Port port) {
  const auto vertex = vertex_of(built, port);
  return built.graph.uncounted_edges == 0 ? vertex : *boost::adjacent_vertices(vertex, built.graph.graph).first;
}

} // namespace

TEST_CASE("routes have as many hops as the shortest path that breadth-first search finds") {
  for (const Case& one : cases()) {
    const Built built(one);
    INFO(one.title);
    for (const auto& [from, to] : random_pairs(built.hosts, 200)) {
      Route route;
      const int hops = built.fabric->route(from, to, 3, 1, route);
      const int shortest = breadth_first_distances(built.graph, vertex_of(built, from))[vertex_of(built, to)];
      REQUIRE(shortest >= 0);
      if (one.shortest) {
        REQUIRE(hops == shortest - built.graph.uncounted_edges);
      } else {
        REQUIRE(hops >= shortest - built.graph.uncounted_edges);
        REQUIRE(hops - 1 <= 3); // router to router: local, global, local
      }
    }
  }
}

TEST_CASE("the shares of a route are a unit flow on the fabric's graph") {
  for (const Case& one : cases()) {
    const Built built(one);
    INFO(one.title);
    const auto& graph = built.graph.graph;
    std::map<ResourceId, Edge> edge_of;
    for (const Edge& edge : edges_of(graph)) {
      edge_of[graph[edge].resource] = edge;
    }
    for (const auto& [from, to] : random_pairs(built.hosts, 200)) {
      Route route;
      built.fabric->route(from, to, 11, 0.5, route);
      std::vector<double> surplus(boost::num_vertices(graph), 0.0);
      surplus[entry_of(built, from)] -= 0.5;
      surplus[entry_of(built, to)] += 0.5;
      std::set<ResourceId> once;
      for (const auto& use : route.uses) {
        REQUIRE(once.insert(use.resource).second);
        REQUIRE(edge_of.count(use.resource) == 1);
        surplus[boost::source(edge_of[use.resource], graph)] += use.share;
        surplus[boost::target(edge_of[use.resource], graph)] -= use.share;
      }
      for (double left : surplus) {
        REQUIRE(std::abs(left) < 1e-12);
      }
    }
  }
}

TEST_CASE("every resource of a fabric is one edge of its graph, with capacity, kind and a name of its own") {
  for (const Case& one : cases()) {
    const Built built(one);
    INFO(one.title);
    const auto& graph = built.graph.graph;
    std::set<ResourceId> edges;
    for (const Edge& edge : edges_of(graph)) {
      if (graph[edge].resource != port_edge) {
        REQUIRE(edges.insert(graph[edge].resource).second);
      }
    }
    std::set<std::string> names;
    for (ResourceId local = 0; local < built.fabric->resource_count(); ++local) {
      INFO(built.fabric->resource_name(local));
      CHECK(names.insert(built.fabric->resource_name(local)).second);
      CHECK((built.fabric->capacity(local) > 0) == (edges.count(base + local) == 1));
      CHECK(name_of(built.fabric->kind(local)) != "?");
    }
    CHECK(edges.size() <= built.fabric->resource_count());
  }
}

TEST_CASE("ways back are as long as ways forth, but for the gateway that a dragonfly's hash picks") {
  for (const Case& one : cases()) {
    if (!one.shortest && one.spec.paths == PathSelection::hash) {
      continue;
    }
    const Built built(one);
    INFO(one.title);
    for (const auto& [from, to] : random_pairs(built.hosts, 100)) {
      Route forth, back;
      REQUIRE(built.fabric->route(from, to, 5, 1, forth) == built.fabric->route(to, from, 5, 1, back));
    }
  }
}
