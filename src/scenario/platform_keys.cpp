// platform: of a scenario, platforms/clusters/NAME.yaml
#include "scenario/file_keys.hpp"
#include "scenario/list.hpp"
#include "scenario/names.hpp"
#include "scenario/reference.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {
namespace {

using P = PlatformSpec;

constexpr std::size_t most_pools = 256;

void read_type(const Value& value, Reading& reading, NodePoolSpec& pool) {
  read_reference(value, LibraryKind::nodes, reading, node_keys(), pool.node, finish_node);
}

const Keys<NodePoolSpec>& pool_keys() {
  using N = NodePoolSpec;
  static const Keys<N> keys = {
      text("name", &N::name, "of the pool; default: its type"),
      required(custom<N>("type", "a name from platforms/nodes/ or a mapping", "the nodes of the pool", read_type)),
      required(integer("count", &N::count, "nodes in the pool", 1, 1'000'000)),
  };
  return keys;
}

/// A fabric has no name of its own in PlatformSpec, so this is read_reference without one.
void read_fabric_into(const Value& value, Reading& reading, FabricSpec& fabric) {
  const std::size_t before = reading.mistakes();
  if (const auto found = resolve(value, LibraryKind::fabrics, reading)) {
    const Value root(found->tree, found->path);
    read_mapping(root, reading, fabric_keys(), fabric);
    finish_fabric(root, reading, fabric);
  }
  if (reading.mistakes() != before) {
    reading.distrust(value.path);
  }
}

Key<P> fabric_key() {
  Key<P> key = custom<P>(
      "fabric", "a name from platforms/fabrics/ or a mapping",
      "the switched network between nodes; one node needs none",
      [](const Value& value, Reading& reading, P& platform) { read_fabric_into(value, reading, platform.fabric); });
  key.info.children = [] { return infos_of(fabric_keys()); };
  return key;
}

Key<P> storage_fabric_key() {
  Key<P> key = custom<P>("storage_fabric", "a name from platforms/fabrics/ or a mapping",
                         "between the nodes' storage NICs and the servers; default: a switch that never binds",
                         [](const Value& value, Reading& reading, P& platform) {
                           read_fabric_into(value, reading, platform.storage_fabric.emplace());
                         });
  key.info.children = [] { return infos_of(fabric_keys()); };
  return key;
}

void name_pools(const Value& root, Reading& reading, P& platform) {
  UniqueNames names("pool");
  const Value list = root.seek("nodes");
  for (std::size_t i = 0; i < platform.pools.size() && i < list.tree->items.size(); ++i) {
    NodePoolSpec& pool = platform.pools[i];
    const Value item = list.item(i);
    if (pool.name.empty()) {
      pool.name = pool.node.name.empty() ? fmt::format("pool{}", i) : pool.node.name;
      std::replace(pool.name.begin(), pool.name.end(), '.', '_');
    }
    names.check(item.seek("name"), pool.name, reading);
  }
}

} // namespace

const Keys<P>& platform_keys() {
  static const Keys<P> keys =
      together<P>(together<P>(file_keys<P>(), remark_keys<P>()),
                  {
                      required(list_of_sections("nodes", &P::pools, pool_keys, "pools of equal nodes", most_pools)),
                      fabric_key(),
                      list_of_sections("storage", &P::storage, storage_keys, "storage systems", most_pools),
                      storage_fabric_key(),
                  });
  return keys;
}

void finish_platform(const Value& root, Reading& reading, P& platform) {
  static const std::vector<Rule<P>> rules = {
      {{"nodes"},
       [](const P& p) -> std::optional<Mistake> {
         return p.pools.empty() ? std::optional(Mistake{"the platform has no nodes", "at least one pool", ""})
                                : std::nullopt;
       }},
      {{"fabric", "nodes"},
       [](const P& p) -> std::optional<Mistake> {
         const bool one_node = p.pools.size() == 1 && p.pools.front().count == 1;
         if (one_node || p.pools.empty()) {
           return std::nullopt;
         }
         return Mistake{"key 'fabric' is missing, and the platform has more than one node",
                        "a name from platforms/fabrics/ or a mapping", ""};
       }},
  };
  if (root.tree->find("fabric") == nullptr) {
    platform.fabric.kind = FabricKind::single_switch;
    apply(rules, platform, root, reading);
  } else {
    apply({rules.front()}, platform, root, reading);
  }
  name_pools(root, reading, platform);
  check_storages(root, reading, platform);
}

} // namespace iccsim::scenario
