#include "iccsim/engine/faults.hpp"

#include "iccsim/platform/link_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace iccsim::engine {
namespace {

using platform::ResourceId;
using scenario::FaultSpec;

std::vector<std::vector<ResourceId>> links_of(const std::vector<FaultSpec>& faults, const platform::Cluster& cluster) {
  std::vector<std::string> names;
  names.reserve(faults.size());
  for (const FaultSpec& fault : faults) {
    names.push_back(fault.link);
  }
  return platform::find_links(cluster, names);
}

/// What names look like, where none is near to the fault's.
std::string expected_link(const std::string& link, const platform::LinkSpelling& spelling) {
  std::string examples;
  for (const std::string& example : spelling.examples(link)) {
    examples += (examples.empty() ? "" : ", ") + example;
  }
  return "a name such as " + examples;
}

void report(const FaultSpec& fault, std::size_t index, const platform::LinkSpelling& spelling,
            scenario::Diagnostics& diagnostics) {
  const std::string hint = spelling.hint(fault.link);
  diagnostics.add({fault.place, fmt::format("faults[{}].link", index),
                   fmt::format("the cluster has no link '{}'", fault.link),
                   hint.empty() ? expected_link(fault.link, spelling) : "a name as results give it", hint});
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
  const auto links = links_of(scenario.faults, cluster);
  std::optional<platform::LinkSpelling> spelling;
  std::map<ResourceId, std::vector<const FaultSpec*>> by_resource;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const FaultSpec& fault = scenario.faults[i];
    for (const ResourceId resource : links[i]) {
      by_resource[resource].push_back(&fault);
    }
    if (links[i].empty()) {
      if (!spelling) {
        spelling.emplace(cluster);
      }
      report(fault, i, *spelling, diagnostics);
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
