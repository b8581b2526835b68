// Shapes written short, for the network's tests.
#pragma once

#include "iccsim/workload/collective.hpp"

#include <utility>
#include <vector>

inline std::vector<iccsim::workload::ResourceFlows> equal_flows(unsigned first, unsigned count, double flows) {
  std::vector<iccsim::workload::ResourceFlows> resources;
  for (unsigned r = first; r < first + count; ++r) {
    resources.push_back({r, flows});
  }
  return resources;
}

inline iccsim::workload::BundleShape bundle(double bytes_factor,
                                            std::vector<iccsim::workload::ResourceFlows> resources) {
  iccsim::workload::BundleShape shape;
  shape.bytes_factor = bytes_factor;
  shape.resources = std::move(resources);
  return shape;
}

inline iccsim::workload::PhaseShape phase(double latency_s, std::vector<iccsim::workload::BundleShape> bundles) {
  iccsim::workload::PhaseShape shape;
  shape.latency_s = latency_s;
  shape.bundles = std::move(bundles);
  return shape;
}

inline iccsim::workload::CollectiveShape shape_of(std::vector<iccsim::workload::PhaseShape> phases) {
  iccsim::workload::CollectiveShape shape;
  shape.phases = std::move(phases);
  return shape;
}
