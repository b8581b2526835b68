#include "iccsim/engine/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace iccsim::engine {
namespace {

using platform::ResourceId;
using scenario::FaultSpec;

/// Processor cores carry no bytes.
bool is_link(const platform::Cluster& cluster, ResourceId resource) {
  return cluster.kind(resource) != platform::ResourceKind::cpu;
}

/// `name` without its last part: gpu-17/nic3 of gpu-17/nic3/out.
std::string stem_of(const std::string& name) {
  const std::size_t end = name.rfind('/');
  return end == std::string::npos ? "" : name.substr(0, end);
}

/// The resources that each fault means. One walk over the cluster's names serves all of them.
std::vector<std::vector<ResourceId>> find_links(const std::vector<FaultSpec>& faults,
                                                const platform::Cluster& cluster) {
  std::map<std::string, std::vector<std::size_t>> wanted;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    wanted[faults[i].link].push_back(i);
  }
  std::vector<std::vector<ResourceId>> found(faults.size());
  for (ResourceId resource = 0; resource < cluster.resource_count(); ++resource) {
    if (!is_link(cluster, resource)) {
      continue;
    }
    const std::string name = cluster.resource_name(resource);
    for (const std::string& spelling : {name, stem_of(name)}) {
      const auto match = wanted.find(spelling);
      if (match != wanted.end()) {
        for (const std::size_t fault : match->second) {
          found[fault].push_back(resource);
        }
      }
    }
  }
  return found;
}

std::string hint_for(const std::string& link, const platform::Cluster& cluster) {
  std::vector<std::string> names;
  for (ResourceId resource = 0; resource < cluster.resource_count(); ++resource) {
    if (is_link(cluster, resource)) {
      names.push_back(cluster.resource_name(resource));
      names.push_back(stem_of(names.back()));
    }
  }
  const std::string nearest = scenario::nearest_spelling(link, names);
  return nearest.empty() ? "" : "did you mean '" + nearest + "'?";
}

/// What is left of a resource at `time`, as a share.
double share_at(double time, const std::vector<const FaultSpec*>& faults) {
  double share = 1;
  for (const FaultSpec* fault : faults) {
    if (fault->at_s <= time && (!fault->until_s || time < *fault->until_s)) {
      share = std::min(share, fault->bandwidth);
    }
  }
  return share;
}

} // namespace

std::vector<CapacityChange> capacity_changes(const scenario::Scenario& scenario, const platform::Cluster& cluster,
                                             scenario::Diagnostics& diagnostics) {
  std::vector<CapacityChange> changes;
  if (scenario.faults.empty()) {
    return changes;
  }
  const auto links = find_links(scenario.faults, cluster);
  std::map<ResourceId, std::vector<const FaultSpec*>> by_resource;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    for (const ResourceId resource : links[i]) {
      by_resource[resource].push_back(&fault);
    }
    if (links[i].empty()) {
      diagnostics.add({fault.place, fmt::format("faults[{}].link", i),
                       fmt::format("the cluster has no link '{}'", fault.link),
                       "a resource as results name it, such as gpu-17/nic3/out", hint_for(fault.link, cluster)});
    }
  }
  for (const auto& [resource, faults] : by_resource) {
    for (const FaultSpec* fault : faults) {
      for (const double time : {fault->at_s, fault->until_s.value_or(fault->at_s)}) {
        changes.push_back({time, resource, cluster.capacity(resource) * share_at(time, faults)});
      }
    }
  }
  std::sort(changes.begin(), changes.end(), [](const CapacityChange& a, const CapacityChange& b) {
    return std::tie(a.at_s, a.resource) < std::tie(b.at_s, b.resource);
  });
  const auto same = [](const CapacityChange& a, const CapacityChange& b) {
    return a.at_s == b.at_s && a.resource == b.resource;
  };
  changes.erase(std::unique(changes.begin(), changes.end(), same), changes.end());
  return changes;
}

} // namespace iccsim::engine
