#include "engine/io/client_shapes.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

ClientLimit::ClientLimit(Network& network, double bytes_per_s_each, std::size_t clients, const std::string& name) {
  const bool apart = network.detail() == workload::BundleDetail::flows;
  const std::size_t limits = apart ? clients : 1;
  const double together = static_cast<double>(clients) / static_cast<double>(limits);
  for (std::size_t i = 0; i < limits; ++i) {
    ids_.push_back(network.add_limit(bytes_per_s_each * together, name));
  }
}

void ClientShapes::add(platform::ResourceId resource, double flows) {
  if (resource >= flows_.size()) {
    flows_.resize(resource + 1);
  }
  double& count = flows_[resource];
  if (count == 0) {
    touched_.push_back(resource);
  }
  count += flows;
}

void ClientShapes::add_flow(const platform::Route& route, const ClientLimit& limit, std::size_t client) {
  for (const platform::ResourceUse& use : route.uses) {
    add(use.resource, use.share);
  }
  if (limit.limits()) {
    add(limit.of(client), 1);
  }
  if (!each_) {
    return;
  }
  for (const platform::ResourceUse& use : route.uses) {
    each_->uses.push_back({use.resource, use.share, use.share});
  }
  if (limit.limits()) {
    each_->uses.push_back({limit.of(client), 1, 1});
  }
  each_->flows.push_back({each_->uses.size(), 1});
}

workload::BundleShape ClientShapes::take() {
  workload::BundleShape bundle;
  bundle.bytes_factor = 1;
  std::sort(touched_.begin(), touched_.end());
  bundle.resources.reserve(touched_.size());
  for (const platform::ResourceId resource : touched_) {
    bundle.resources.push_back({resource, std::exchange(flows_[resource], 0)});
  }
  touched_.clear();
  bundle.each = std::exchange(each_, nullptr);
  return bundle;
}

workload::CollectiveShape ClientShapes::make(std::size_t clients, const RouteOf& route_of, const ClientLimit& limit) {
  if (detail_ == workload::BundleDetail::flows) {
    each_ = std::make_shared<workload::FlowList>();
  }
  workload::PhaseShape phase;
  platform::Route route;
  for (std::size_t client = 0; client < clients; ++client) {
    route_of(client, route);
    phase.latency_s = std::max(phase.latency_s, route.latency_s);
    add_flow(route, limit, client);
  }
  phase.bundles.push_back(take());
  workload::CollectiveShape shape;
  shape.phases.push_back(std::move(phase));
  shape.group_size = static_cast<double>(clients);
  return shape;
}

} // namespace iccsim::engine
