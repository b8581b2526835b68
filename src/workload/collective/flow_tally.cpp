#include "workload/collective/flow_tally.hpp"

#include "workload/collective/tier.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace iccsim::workload {
namespace {

using platform::ResourceKind;

bool is_scale_out(ResourceKind kind) {
  switch (kind) {
  case ResourceKind::nic_out:
  case ResourceKind::nic_in:
  case ResourceKind::leaf_up:
  case ResourceKind::leaf_down:
  case ResourceKind::spine_up:
  case ResourceKind::spine_down:
  case ResourceKind::fabric_link:
    return true;
  default:
    return false;
  }
}

} // namespace

FlowTally::FlowTally(const platform::Cluster& cluster, const CollectiveCosts& costs, BundleDetail detail)
    : cluster_(cluster), scale_up_weight_(1 / costs.scale_up_efficiency),
      scale_out_weight_(1 / costs.scale_out_efficiency), local_work_(costs.local_work),
      flows_(cluster.resource_count()), weights_(cluster.resource_count()),
      each_(detail == BundleDetail::flows ? std::make_shared<FlowList>() : nullptr) {}

double FlowTally::weight(platform::ResourceId resource) {
  float& known = weights_[resource];
  if (known == 0) {
    const auto kind = cluster_.kind(resource);
    // The sign remembers the tier: below zero is scale-out.
    known = static_cast<float>(is_scale_up(kind) ? scale_up_weight_ : is_scale_out(kind) ? -scale_out_weight_ : 1);
  }
  return known;
}

Hops FlowTally::send(platform::CardId from, platform::CardId to, double flows) {
  if (from == to)
    return {};
  cluster_.route(from, to, platform::Transport::fastest, next_flow_++, route_);
  bool leaves_node = false;
  for (const auto& use : route_.uses) {
    const double factor = weight(use.resource);
    leaves_node |= factor < 0;
    if (flows == 0)
      continue;
    double& count = flows_[use.resource];
    if (count == 0)
      touched_.push_back(use.resource);
    count += flows * use.share * (factor < 0 ? -factor : factor);
  }
  if (each_ && flows > 0)
    record(flows);
  return {route_.latency_s, leaves_node ? 0.0 : 1.0, leaves_node ? 1.0 : 0.0};
}

/// The flow that route_ holds.
void FlowTally::record(double flows) {
  for (const auto& use : route_.uses) {
    const double taken = use.share * std::abs(weight(use.resource));
    each_->uses.push_back({use.resource, taken, taken});
  }
  each_->flows.push_back({each_->uses.size(), flows});
}

BundleShape FlowTally::take(double bytes_factor) {
  BundleShape bundle;
  bundle.bytes_factor = bytes_factor;
  std::sort(touched_.begin(), touched_.end());
  bundle.resources.reserve(touched_.size());
  for (const auto resource : touched_) {
    bundle.resources.push_back({resource, flows_[resource]});
    flows_[resource] = 0;
  }
  touched_.clear();
  if (each_)
    bundle.each = std::exchange(each_, std::make_shared<FlowList>());
  return bundle;
}

} // namespace iccsim::workload
