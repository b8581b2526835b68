// Links by name: what a walk over all names finds, and what a user who misspelt one is told.
#include "iccsim/platform/link_names.hpp"
#include "specs.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace iccsim;
using namespace iccsim::platform;
using scenario::FabricKind;

namespace {

/// Two pools, one with a name that ends like a node's, and a storage of several servers.
scenario::PlatformSpec whole(FabricKind kind, bool hashed = false) {
  auto spec = specs::cluster(specs::dgx(), 12, kind);
  spec.pools.push_back({"gpu-1", specs::dgx(4, 4), 3});
  spec.fabric.leaf_ports = 8;
  if (hashed) {
    spec.fabric.paths = scenario::PathSelection::hash;
  }
  if (kind == FabricKind::full_mesh) { // nothing joins servers with it
    return spec;
  }
  scenario::StorageSpec storage;
  storage.name = "pfs";
  storage.servers = 4;
  storage.read_bytes_per_s = storage.write_bytes_per_s = 10e9;
  storage.metadata_per_s = 1e5;
  storage.nics = 2;
  storage.nic_bytes_per_s = 25e9;
  spec.storage.push_back(storage);
  return spec;
}

std::string stem(const std::string& name) {
  return name.substr(0, name.rfind('/'));
}

void check_against_walk(const scenario::PlatformSpec& spec) {
  const Cluster cluster(spec);
  std::map<std::string, std::vector<ResourceId>> walked;
  for (ResourceId resource = 0; resource < cluster.resource_count(); ++resource) {
    if (cluster.kind(resource) != ResourceKind::cpu) {
      walked[cluster.resource_name(resource)].push_back(resource);
      walked[stem(cluster.resource_name(resource))].push_back(resource);
    }
  }
  std::vector<std::string> names;
  std::vector<std::vector<ResourceId>> expected;
  for (const auto& [name, resources] : walked) {
    names.push_back(name);
    expected.push_back(resources);
    for (const std::string& wrong : {name + "x", "x" + name, name + "/0", "0" + name}) {
      names.push_back(wrong);
      expected.emplace_back();
    }
  }
  CHECK(find_links(cluster, names) == expected);
}

bool holds(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

} // namespace

TEST_CASE("Oracle: links by name are those that a walk over all names finds") {
  check_against_walk(whole(FabricKind::rail_optimized));
  check_against_walk(whole(FabricKind::fat_tree));
  check_against_walk(whole(FabricKind::fat_tree, true));
  check_against_walk(whole(FabricKind::full_mesh));
}

TEST_CASE("every name with a letter less leads back to a link") {
  const Cluster cluster(whole(FabricKind::rail_optimized));
  const LinkSpelling spelling(cluster);
  for (ResourceId resource = 0; resource < cluster.resource_count(); resource += 7) {
    const std::string name = cluster.resource_name(resource);
    for (std::size_t at = 0; at < name.size(); ++at) {
      const std::string wrong = name.substr(0, at) + name.substr(at + 1);
      const bool known = !find_links(cluster, {wrong}).front().empty();
      const std::string hint = spelling.hint(wrong);
      const auto from = hint.find('\'') + 1;
      const auto end = hint.rfind('\'');
      if (!known && hint.compare(0, 12, "did you mean") == 0) {
        INFO(wrong << ": " << hint);
        CHECK_FALSE(find_links(cluster, {hint.substr(from, end - from)}).front().empty());
      }
    }
  }
}

TEST_CASE("a misspelt link: the part of the platform that it begins with decides") {
  const Cluster cluster(whole(FabricKind::rail_optimized));
  const LinkSpelling spelling(cluster);
  const std::pair<const char*, const char*> rows[] = {
      {"gpu-11/ncci3", "did you mean 'gpu-11/nic3'?"},
      {"gpu-11/nick3/out", "did you mean 'gpu-11/nic3/out'?"},
      {"gup-2/nic3", "did you mean 'gpu-2/nic3'?"},
      {"gpu2/nic3", "did you mean 'gpu-2/nic3'?"},
      {"gpu/nic3", "did you mean 'gpu-0/nic3'?"},
      {"gpu-3/nic", "did you mean 'gpu-3/nic0'?"},
      {"pfs-0/nic0", "did you mean 'pfs/servers/nic'?"},
      {"pfs/nic", "did you mean 'pfs/servers/nic'?"},
      {"pfs/read", "did you mean 'pfs/servers/read'?"},
      {"gpu-99/nic3", "such names go from gpu-0/nic0 to gpu-11/nic7"},
      {"gpu-1-2/nic9", "such names go from gpu-1-0/nic0 to gpu-1-2/nic3"},
      {"spine-0", ""},
      {"gpu-1/cpu", ""},
      {"", ""},
      {"///", ""},
  };
  for (const auto& [name, hint] : rows) {
    INFO(name);
    CHECK(spelling.hint(name) == hint);
  }
}

TEST_CASE("examples are links: those of the part that was named, else one of each kind") {
  const Cluster cluster(whole(FabricKind::rail_optimized));
  const LinkSpelling spelling(cluster);
  for (const char* name : {"gpu-1/cpu", "spine-0", "pfs/tape", "leaf", ""}) {
    const auto examples = spelling.examples(name);
    CHECK_FALSE(examples.empty());
    for (const auto& found : find_links(cluster, examples)) {
      CHECK_FALSE(found.empty());
    }
  }
  CHECK(holds(spelling.examples("gpu-1/cpu"), "gpu-0/nic0"));
  CHECK_FALSE(holds(spelling.examples("gpu-1/cpu"), "pfs/servers/read"));
  CHECK(holds(spelling.examples("pfs/tape"), "pfs/servers/read"));
  CHECK(holds(spelling.examples("spine-0"), "gpu-0/nic0"));
  CHECK(holds(spelling.examples("spine-0"), "pfs/servers/read"));
}
