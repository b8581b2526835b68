#include "platform/node_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace iccsim::platform {
namespace {

/// Adds one kind of scale-up links to the node being built.
class Builder {
public:
  Builder(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric, BuiltNode& built)
      : node_(node), fabric_(fabric), built_(built) {}

  void add() {
    switch (node_.scale_up.kind) {
    case scenario::ScaleUpKind::none:
      return;
    case scenario::ScaleUpKind::switched:
      return add_scale_up_switch();
    case scenario::ScaleUpKind::full_mesh:
      return add_full_mesh();
    case scenario::ScaleUpKind::links:
      return add_listed_links();
    case scenario::ScaleUpKind::torus:
      return add_torus_links();
    }
  }

  void add_scale_up_switch() {
    const auto& v = built_.vertices;
    for (int card = 0; card < node_.cards; ++card) {
      const LocalId out = resource(ResourceKind::scale_up_out, lanes(), fmt::format("card{}/scale_up/out", card));
      const LocalId in = resource(ResourceKind::scale_up_in, lanes(), fmt::format("card{}/scale_up/in", card));
      built_.card_lanes.push_back({out, in});
      edge(v.card(card), v.scale_up_switch(), out);
      edge(v.scale_up_switch(), v.card(card), in);
    }
  }

  /// Every card owns one link to each other card of its domain; peers count domain-wide, the card itself left out.
  void add_full_mesh() {
    const int domain_cards = node_.cards * node_.scale_up.domain_nodes;
    if (domain_cards < 2) {
      return;
    }
    built_.first_card_link = built_.resources.size();
    built_.links_per_card = static_cast<LocalId>(domain_cards - 1);
    for (int card = 0; card < node_.cards; ++card) {
      for (int peer = 0; peer < domain_cards - 1; ++peer) {
        const LocalId id = resource(ResourceKind::scale_up_link, lanes() / (domain_cards - 1),
                                    fmt::format("card{}/scale_up/peer{}", card, peer));
        const int other = peer < card ? peer : peer + 1;
        if (node_.scale_up.domain_nodes == 1) {
          edge(built_.vertices.card(card), built_.vertices.card(other), id);
        }
      }
    }
  }

  /// Links listed twice between the same cards are one wider link.
  void add_listed_links() {
    std::map<std::pair<int, int>, double> rate;
    double fastest = 0;
    for (const auto& link : node_.scale_up.links) {
      rate[{link.a, link.b}] += link.bytes_per_s;
      rate[{link.b, link.a}] += link.bytes_per_s;
      fastest = std::max({fastest, rate[{link.a, link.b}]});
    }
    for (const auto& [ends, bytes_per_s] : rate) {
      const LocalId id = resource(ResourceKind::scale_up_link, bytes_per_s * node_.scale_up.efficiency,
                                  fmt::format("card{}/scale_up/card{}", ends.first, ends.second));
      edge(built_.vertices.card(ends.first), built_.vertices.card(ends.second), id, 1 + 1e-3 * fastest / bytes_per_s);
    }
  }

  /// A card's lanes are split over both directions of every dimension.
  void add_torus_links() {
    constexpr char axis[] = {'x', 'y', 'z'};
    const auto dimensions = fabric_.dimensions.size();
    built_.first_card_link = built_.resources.size();
    built_.links_per_card = static_cast<LocalId>(2 * dimensions);
    for (int card = 0; card < node_.cards; ++card) {
      for (std::size_t direction = 0; direction < 2 * dimensions; ++direction) {
        resource(ResourceKind::scale_up_link, lanes() / static_cast<double>(2 * dimensions),
                 fmt::format("card{}/torus/{}{}", card, axis[direction / 2], direction % 2 == 0 ? '+' : '-'));
      }
    }
  }

private:
  LocalId resource(ResourceKind kind, double capacity, std::string name) {
    return built_.resources.add(kind, capacity, std::move(name));
  }
  void edge(NodeVertex from, NodeVertex to, LocalId id, double weight = 1) {
    boost::add_edge(from, to, NodeEdge{Plane::scale_up, id, weight}, built_.graph);
  }
  double lanes() const { return node_.scale_up.bytes_per_s * node_.scale_up.efficiency; }

  const scenario::NodeSpec& node_;
  const scenario::FabricSpec& fabric_;
  BuiltNode& built_;
};

} // namespace

void add_scale_up_links(const scenario::NodeSpec& node, const scenario::FabricSpec& fabric, BuiltNode& built) {
  Builder(node, fabric, built).add();
}

} // namespace iccsim::platform
