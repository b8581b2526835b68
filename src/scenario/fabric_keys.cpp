// platform.fabric, platforms/fabrics/NAME.yaml
#include "scenario/file_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using F = FabricSpec;
using D = Dimension;

constexpr double most_ports = 100'000;

Key<F> dimensions_key() {
  return list_of(
      "dimensions", &F::dimensions, "a list of whole numbers", "sizes of a torus, in nodes or in cards",
      [](const Value& v, Reading& r) { return read_integer(v, r, range::between(1, most_ports)); }, 3);
}

Key<F> hash_seed_key() {
  return declare::row(declare::info("hash_seed", "a whole number", "1", "", "of paths: hash"), &F::hash_seed,
                      read_seed);
}

} // namespace

const Keys<F>& fabric_keys() {
  static const Keys<F> keys = together<F>(
      together<F>(file_keys<F>(), remark_keys<F>()),
      {
          required(choice("type", &F::kind, "the topology")),
          ratio("oversubscription", &F::oversubscription, range::positive, "leaf downlinks : uplinks, 2 is 2:1"),
          ratio("core_oversubscription", &F::core_oversubscription, range::positive,
                "three tiers: spine downlinks : uplinks"),
          integer("leaf_ports", &F::leaf_ports, "node ports that a leaf serves", 1, most_ports),
          integer("spine_ports", &F::spine_ports, "three tiers: leaves of a pod", 1, most_ports),
          integer("tiers", &F::tiers, "of switches", 2, 3),
          quantity("hop_latency", &F::hop_latency_s, D::time, range::not_negative, "one switch and its cable"),
          quantity("efficiency", &F::efficiency, D::share, range::positive_share,
                   "share of the line rate that payload gets"),
          quantity("link_bandwidth", &F::link_bytes_per_s, D::bandwidth, range::positive,
                   "between switches; default: as fast as the NIC"),
          choice("paths", &F::paths, "how flows take equal-cost paths"),
          hash_seed_key(),
          flag("in_network_reduction", &F::in_network_reduction, "the switches add (SHARP)"),
          dimensions_key(),
          flag("wrap", &F::wrap, "torus: wrap-around links"),
          integer("group_routers", &F::group_routers, "dragonfly: routers of a group", 1, most_ports),
          integer("router_ports", &F::router_ports, "dragonfly: node ports of a router", 1, most_ports),
      });
  return keys;
}

void finish_fabric(const Value& root, Reading& reading, F& fabric) {
  static const std::vector<Rule<F>> rules = {
      {{"dimensions", "type"},
       [](const F& f) -> std::optional<Mistake> {
         if (f.kind == FabricKind::torus && f.dimensions.size() < 2) {
           return Mistake{"a torus needs its sizes", "dimensions: [X, Y] or [X, Y, Z]", ""};
         }
         if (f.kind != FabricKind::torus && !f.dimensions.empty()) {
           return Mistake{"only a torus has dimensions", "type: torus", ""};
         }
         return std::nullopt;
       }},
      {{"group_routers", "router_ports", "type"},
       [](const F& f) -> std::optional<Mistake> {
         const bool given = f.group_routers > 0 && f.router_ports > 0;
         if (f.kind == FabricKind::dragonfly && !given) {
           return Mistake{"a dragonfly needs the size of its groups", "group_routers and router_ports", ""};
         }
         if (f.kind != FabricKind::dragonfly && (f.group_routers > 0 || f.router_ports > 0)) {
           return Mistake{"only a dragonfly has groups of routers", "type: dragonfly", ""};
         }
         return std::nullopt;
       }},
      {{"tiers", "type"},
       [](const F& f) -> std::optional<Mistake> {
         const bool tree = f.kind == FabricKind::rail_optimized || f.kind == FabricKind::fat_tree;
         if (f.tiers == 3 && !tree) {
           return Mistake{fmt::format("a fabric of type {} has no tiers", name_of(f.kind)),
                          "rail_optimized or fat_tree", ""};
         }
         return std::nullopt;
       }},
  };
  apply(rules, fabric, root, reading);
}

} // namespace iccsim::scenario
