#include "iccsim/platform/link_names.hpp"

#include "platform/name_parts.hpp"

#include <algorithm>
#include <unordered_map>

namespace iccsim::platform {
namespace {

bool is_link(const Cluster& cluster, ResourceId resource) {
  return cluster.kind(resource) != ResourceKind::cpu;
}

/// Nodes of one pool, and what the resources of each are called after the node's own name.
struct NodeNames {
  NodeResources block;
  std::string pool;
  std::vector<std::string> tails;
};

NodeNames names_of(const Cluster& cluster, const NodeResources& block) {
  NodeNames names{block, "", {}};
  for (ResourceId local = 0; local < block.per_node; ++local) {
    const std::string name = cluster.resource_name(block.first + local);
    const std::string node = head_of(name);
    names.pool = node.substr(0, node.size() - 1); // without the number: "gpu-"
    names.tails.push_back(name.substr(node.size()));
  }
  return names;
}

/// The number at the end of `head`, when it is a node of the pool; else how many nodes the pool has.
NodeId node_in(const NodeNames& names, const std::string& head) {
  if (head.size() > names.pool.size() && head.compare(0, names.pool.size(), names.pool) == 0) {
    const std::string digits = head.substr(names.pool.size());
    const bool number = digits.size() < 10 && std::all_of(digits.begin(), digits.end(), is_digit) &&
                        (digits.front() != '0' || digits.size() == 1);
    return number ? std::min(static_cast<NodeId>(std::stoul(digits)), names.block.nodes) : names.block.nodes;
  }
  return names.block.nodes;
}

void find_on_nodes(const Cluster& cluster, const NodeNames& names, const std::string& name,
                   std::vector<ResourceId>& found) {
  const std::string head = head_of(name);
  const NodeId node = node_in(names, head);
  if (node == names.block.nodes) {
    return;
  }
  const std::string tail = name.substr(head.size());
  for (ResourceId local = 0; local < names.block.per_node; ++local) {
    const ResourceId resource = names.block.first + node * names.block.per_node + local;
    const std::string& known = names.tails[local];
    if ((known == tail || stem_of(known) == tail) && is_link(cluster, resource)) {
      found.push_back(resource);
    }
  }
}

} // namespace

ResourceId beyond_nodes(const Cluster& cluster) {
  ResourceId end = 0;
  for (const NodeResources& block : cluster.node_resources()) {
    end = std::max(end, block.first + block.per_node * block.nodes);
  }
  return end;
}

std::vector<std::vector<ResourceId>> find_links(const Cluster& cluster, const std::vector<std::string>& names) {
  std::vector<std::vector<ResourceId>> found(names.size());
  for (const NodeResources& block : cluster.node_resources()) {
    const NodeNames of_nodes = names_of(cluster, block);
    for (std::size_t i = 0; i < names.size(); ++i) {
      find_on_nodes(cluster, of_nodes, names[i], found[i]);
    }
  }
  std::unordered_map<std::string, std::vector<std::size_t>> wanted;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (found[i].empty()) {
      wanted[names[i]].push_back(i);
    }
  }
  const ResourceId first = wanted.empty() ? cluster.resource_count() : beyond_nodes(cluster);
  for (ResourceId resource = first; resource < cluster.resource_count(); ++resource) {
    const std::string name = cluster.resource_name(resource);
    for (const std::string& spelling : {name, stem_of(name)}) {
      const auto match = wanted.find(spelling);
      for (std::size_t k = 0; match != wanted.end() && k < match->second.size(); ++k) {
        found[match->second[k]].push_back(resource);
      }
    }
  }
  return found;
}

} // namespace iccsim::platform
