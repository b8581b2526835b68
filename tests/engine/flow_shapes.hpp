// Bundles written flow by flow, for the tests of the networks.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <map>
#include <memory>
#include <vector>

/// One flow: what it takes of each resource, and how many alike.
struct WrittenFlow {
  std::vector<iccsim::workload::ResourceFlows> takes;
  double count = 1;
};

inline iccsim::workload::BundleShape bundle_of(const std::vector<WrittenFlow>& flows, double bytes_factor = 1) {
  auto each = std::make_shared<iccsim::workload::FlowList>();
  std::map<iccsim::platform::ResourceId, double> sum;
  for (const WrittenFlow& flow : flows) {
    for (const auto& take : flow.takes) {
      each->uses.push_back({take.resource, take.flows, take.flows});
      sum[take.resource] += flow.count * take.flows;
    }
    each->flows.push_back({each->uses.size(), flow.count});
  }
  iccsim::workload::BundleShape bundle;
  bundle.bytes_factor = bytes_factor;
  for (const auto& [resource, taken] : sum) {
    bundle.resources.push_back({resource, taken});
  }
  bundle.each = std::move(each);
  return bundle;
}

inline iccsim::workload::CollectiveShape shape_of_flows(const std::vector<WrittenFlow>& flows, double latency_s = 0) {
  iccsim::workload::CollectiveShape shape;
  shape.phases.push_back({latency_s, {bundle_of(flows)}});
  return shape;
}
