// Which keys belong to which storage, and what a storage needs of the nodes.
#include "scenario/names.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"
#include "scenario/specs.hpp"
#include "scenario/unit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

using S = StorageSpec;
using Result = std::optional<Mistake>;

bool cache_of_servers(const S& s) {
  return s.kind == StorageKind::tiered && s.cache == CacheMedium::servers;
}

bool has_servers(const S& s) {
  return s.kind == StorageKind::parallel_fs || s.kind == StorageKind::object_store || cache_of_servers(s);
}

std::string title_of(const S& s) {
  return fmt::format("storage of type {}{}", name_of(s.kind),
                     s.kind == StorageKind::tiered ? fmt::format(" with cache {}", name_of(s.cache)) : "");
}

/// A rate that storage with servers needs.
template <double S::*rate> Result needs(const S& s) {
  if (has_servers(s) && s.*rate == 0) {
    return Mistake{fmt::format("{} needs this rate of a server", title_of(s)), expected_quantity(Dimension::bandwidth),
                   ""};
  }
  return std::nullopt;
}

Result stripes_fit(const S& s) {
  return s.stripe_servers <= s.servers
             ? std::nullopt
             : Result(Mistake{fmt::format("a file on {} servers, and there are {}", s.stripe_servers, s.servers),
                              fmt::format("at most {}", s.servers), ""});
}

Result tier_needs_behind(const S& s) {
  return s.kind != StorageKind::tiered || !s.behind.empty()
             ? std::nullopt
             : Result(
                   Mistake{"a tiered storage needs the storage that misses go to", "a name from platform.storage", ""});
}

Result memory_needs_capacity(const S& s) {
  return s.kind != StorageKind::tiered || s.cache == CacheMedium::nvme || s.cache_bytes > 0
             ? std::nullopt
             : Result(Mistake{fmt::format("a cache in {} needs its capacity", name_of(s.cache)),
                              expected_quantity(Dimension::bytes), ""});
}

Result direct_avoids_host(const S& s) {
  const bool through_host = s.kind == StorageKind::tiered && s.cache == CacheMedium::host_memory;
  return !s.gpu_direct || !through_host ? std::nullopt
                                        : Result(Mistake{"gpu_direct goes around host memory, and the cache lies there",
                                                         "gpu_direct: false, or another cache", ""});
}

/// Keys that say nothing about some storages: a given one is a misunderstanding.
struct Belonging {
  const char* key;
  bool (*holds)(const S&);
  const char* where;
};

constexpr const char* with_servers = "parallel_fs, object_store, or tiered with cache: servers";

void check_belongings(const Value& root, Reading& reading, const S& s) {
  static const auto is_tiered = [](const S& x) { return x.kind == StorageKind::tiered; };
  static const std::vector<Belonging> rows = {
      {"servers", has_servers, with_servers},
      {"read", has_servers, with_servers},
      {"write", has_servers, with_servers},
      {"nics", has_servers, with_servers},
      {"nic", has_servers, with_servers},
      {"network", has_servers, with_servers},
      {"metadata_rate", [](const S& x) { return x.kind == StorageKind::parallel_fs; }, "parallel_fs"},
      {"stripe_servers", [](const S& x) { return x.kind == StorageKind::parallel_fs; }, "parallel_fs"},
      {"connections", [](const S& x) { return x.kind == StorageKind::object_store; }, "object_store"},
      {"behind", is_tiered, "tiered"},
      {"cache", is_tiered, "tiered"},
      {"cache_capacity", is_tiered, "tiered"},
  };
  for (const Belonging& row : rows) {
    const Tree::Entry* entry = root.tree->find(row.key);
    const bool sure = reading.trusts(joined(root.path, "type")) && reading.trusts(joined(root.path, "cache"));
    if (entry != nullptr && sure && reading.trusts(joined(root.path, row.key)) && !row.holds(s)) {
      reading.fail_at_key(root.child(*entry), fmt::format("{} has no {}", title_of(s), quote(row.key)),
                          fmt::format("a storage of type {}", row.where));
    }
  }
}

const std::vector<Rule<S>>& own_rules() {
  static const std::vector<Rule<S>> rules = {
      {{"read", "type", "cache"}, needs<&S::read_bytes_per_s>},
      {{"write", "type", "cache"}, needs<&S::write_bytes_per_s>},
      {{"nic", "type", "cache"}, needs<&S::nic_bytes_per_s>},
      {{"stripe_servers", "servers"}, stripes_fit},
      {{"behind", "type"}, tier_needs_behind},
      {{"cache_capacity", "type", "cache"}, memory_needs_capacity},
      {{"gpu_direct", "type", "cache"}, direct_avoids_host},
  };
  return rules;
}

struct NodeFacts {
  const S& storage;
  const PlatformSpec& platform;

  template <typename Holds> bool some_node(Holds holds) const {
    return std::any_of(platform.pools.begin(), platform.pools.end(),
                       [&](const NodePoolSpec& pool) { return holds(pool.node); });
  }
};

bool has_storage_nic(const NodeSpec& node) {
  return std::any_of(node.nics.begin(), node.nics.end(), [](const NicSpec& nic) { return nic.storage; });
}

Result drives_exist(const NodeFacts& f) {
  const bool tier = f.storage.kind == StorageKind::tiered && f.storage.cache == CacheMedium::nvme;
  if ((f.storage.kind != StorageKind::local_nvme && !tier) ||
      f.some_node([](const NodeSpec& node) { return !node.nvme.empty(); })) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} lies on the nodes' drives, and no node has any", title_of(f.storage)),
                 "nodes with nvme", ""};
}

Result storage_nics_exist(const NodeFacts& f) {
  if (f.storage.network != StorageNetwork::storage || f.some_node(has_storage_nic)) {
    return std::nullopt;
  }
  return Mistake{"a network of its own, and no node has a NIC on it", "nodes with nics of use: storage, or compute",
                 ""};
}

Result cache_fits_memory(const NodeFacts& f) {
  const S& s = f.storage;
  if (s.kind != StorageKind::tiered || s.cache != CacheMedium::host_memory) {
    return std::nullopt;
  }
  for (const NodePoolSpec& pool : f.platform.pools) {
    const double memory = pool.node.host.memory_bytes;
    if (memory > 0 && s.cache_bytes > memory) {
      return Mistake{fmt::format("a cache of {} a node, and the nodes of pool {} have {} of memory",
                                 show_quantity(s.cache_bytes, Dimension::bytes), pool.name,
                                 show_quantity(memory, Dimension::bytes)),
                     "less than the host's memory", ""};
    }
  }
  return std::nullopt;
}

std::vector<std::string> names_of(const PlatformSpec& platform) {
  std::vector<std::string> names;
  for (const S& storage : platform.storage) {
    names.push_back(storage.name);
  }
  return names;
}

const S* find(const PlatformSpec& platform, const std::string& name) {
  for (const S& storage : platform.storage) {
    if (storage.name == name) {
      return &storage;
    }
  }
  return nullptr;
}

/// Misses end somewhere: no storage lies behind itself.
bool is_circle(const S& start, const PlatformSpec& platform) {
  const S* at = &start;
  for (std::size_t steps = 0; steps <= platform.storage.size(); ++steps) {
    at = at->kind == StorageKind::tiered ? find(platform, at->behind) : nullptr;
    if (at == nullptr) {
      return false;
    }
  }
  return true;
}

void check_behind(const Value& item, Reading& reading, const S& storage, const PlatformSpec& platform) {
  if (storage.kind != StorageKind::tiered || storage.behind.empty() || !reading.trusts(item.path + ".behind")) {
    return;
  }
  const Value place = item.seek("behind");
  if (find(platform, storage.behind) == nullptr) {
    report_unknown_storage(place, storage.behind, reading, platform);
  } else if (is_circle(storage, platform)) {
    reading.fail(place, fmt::format("{} lies behind itself", quote(storage.behind)), "a storage that ends the chain");
  }
}

void check_fabric(const Value& root, Reading& reading, const PlatformSpec& platform) {
  const Tree::Entry* entry = root.tree->find("storage_fabric");
  const bool nodes_known = reading.trusts(joined(root.path, "nodes"));
  if (entry == nullptr || !nodes_known) {
    return;
  }
  const bool used = std::any_of(platform.pools.begin(), platform.pools.end(),
                                [](const NodePoolSpec& pool) { return has_storage_nic(pool.node); });
  if (!used) {
    reading.fail_at_key(root.child(*entry), "a storage fabric, and no node has a NIC on it",
                        "nodes with nics of use: storage");
  }
}

} // namespace

void report_unknown_storage(const Value& at, const std::string& name, Reading& reading, const PlatformSpec& platform) {
  const std::vector<std::string> known = names_of(platform);
  if (known.empty()) {
    reading.fail(at, fmt::format("{}, and the platform has no storage", quote(name)), "a name from platform.storage");
  } else {
    reading.fail(at, fmt::format("the platform has no storage {}", quote(name)), any_of(known),
                 did_you_mean(nearest_spelling(name, known)));
  }
}

void check_storages(const Value& root, Reading& reading, const PlatformSpec& platform) {
  static const std::vector<Rule<NodeFacts>> node_rules = {
      {{"type", "cache"}, drives_exist},
      {{"network"}, storage_nics_exist},
      {{"cache_capacity", "cache"}, cache_fits_memory},
  };
  UniqueNames names("storage");
  const Value list = root.seek("storage");
  for (std::size_t i = 0; i < platform.storage.size() && i < list.tree->items.size(); ++i) {
    const Value item = list.item(i);
    const S& storage = platform.storage[i];
    if (reading.trusts(item.path + ".name")) {
      names.check(item.seek("name"), storage.name, reading);
    }
    check_belongings(item, reading, storage);
    apply(own_rules(), storage, item, reading);
    check_behind(item, reading, storage, platform);
    if (reading.trusts(joined(root.path, "nodes"))) {
      apply(node_rules, NodeFacts{storage, platform}, item, reading);
    }
  }
  check_fabric(root, reading, platform);
}

} // namespace iccsim::scenario
