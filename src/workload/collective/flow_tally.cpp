#include "workload/collective/flow_tally.hpp"

#include "workload/collective/tier.hpp"

#include <algorithm>
#include <cstring>
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
    : routes_(cluster), resources_(cluster), scale_up_weight_(1 / costs.scale_up_efficiency),
      scale_out_weight_(1 / costs.scale_out_efficiency), local_work_(costs.local_work),
      nodes_(cluster.node_resources()), beyond_(nodes_.back().first + nodes_.back().nodes * nodes_.back().per_node),
      flows_(cluster.resource_count()), touched_nodes_(cluster.nodes()), touched_beyond_(flows_.size() - beyond_),
      each_(detail == BundleDetail::flows ? std::make_shared<FlowList>() : nullptr) {}

double FlowTally::weight(platform::ResourceId resource) {
  const ResourceKind kind = resources_.read(resource).kind;
  return is_scale_up(kind) ? scale_up_weight_ : is_scale_out(kind) ? scale_out_weight_ : 1;
}

Hops FlowTally::send(platform::CardId from, platform::CardId to, double flows) {
  if (from == to)
    return {};
  const platform::SplitRoute& route = routes_.find(from, to, next_flow_++);
  if (flows > 0) {
    count_in_node(route.at_from, route.from_node, route.from_base, flows);
    count_in_node(route.at_to, route.to_node, route.to_base, flows);
    for (const auto& use : route.beyond) {
      if (use.resource >= beyond_)
        touched_beyond_.add(use.resource - beyond_);
      else
        touched_nodes_.add(node_of(use.resource));
      flows_[use.resource] += flows * use.share;
    }
    if (each_)
      record(route, flows);
  }
  return {route.latency_s, route.scale_out ? 0.0 : 1.0, route.scale_out ? 1.0 : 0.0};
}

void FlowTally::count_in_node(const platform::SplitRoute::Span& uses, platform::NodeId node, platform::ResourceId base,
                              double flows) {
  if (uses.begin() == uses.end())
    return;
  touched_nodes_.add(node);
  for (const auto& use : uses)
    flows_[base + use.resource] += flows * use.share;
}

platform::NodeId FlowTally::node_of(platform::ResourceId resource) const {
  platform::NodeId node = 0;
  for (const platform::NodeResources& block : nodes_) {
    if (resource - block.first < block.nodes * block.per_node)
      return node + (resource - block.first) / block.per_node;
    node += block.nodes;
  }
  return node;
}

/// One flow with its way.
void FlowTally::record(const platform::SplitRoute& route, double flows) {
  record(route.at_from, route.from_base);
  record(route.at_to, route.to_base);
  record(route.beyond, 0);
  each_->flows.push_back({each_->uses.size(), flows});
}

void FlowTally::record(const platform::SplitRoute::Span& uses, platform::ResourceId base) {
  for (const auto& use : uses) {
    const platform::ResourceId resource = base + use.resource;
    const double taken = use.share * weight(resource);
    each_->uses.push_back({resource, taken, taken});
  }
}

/// Nodes with equal counters, one after another, as one run.
class FlowTally::NodeRuns {
public:
  NodeRuns(FlowTally& tally, ResourceFlowList& list) : tally_(tally), list_(list) {}

  /// Nodes come in ascending order; their counters are emptied.
  void add(const platform::NodeResources& block, platform::NodeId node) {
    double* counters = tally_.flows_.data() + block.first + node * block.per_node;
    const bool alike = repeats_ > 0 && block.first == block_.first &&
                       std::memcmp(counters_.data(), counters, sizeof(double) * block.per_node) == 0;
    if (alike && node == node_ + repeats_) {
      ++repeats_;
    } else {
      close();
      if (!alike) {
        counters_.assign(counters, counters + block.per_node);
        fresh_ = true;
      }
      block_ = block;
      node_ = node;
      repeats_ = 1;
    }
    std::fill(counters, counters + block.per_node, 0.0);
  }

  void close() {
    if (repeats_ == 0)
      return;
    const platform::ResourceId first = block_.first + node_ * block_.per_node;
    if (fresh_)
      list_.push_run(first, block_.per_node, repeats_, pattern(first));
    else
      list_.repeat_run(first, repeats_);
    fresh_ = false;
  }

private:
  const std::vector<ResourceFlows>& pattern(platform::ResourceId first) {
    pattern_.clear();
    for (platform::ResourceId local = 0; local < counters_.size(); ++local)
      if (counters_[local] > 0)
        pattern_.push_back({local, counters_[local] * tally_.weight(first + local)});
    return pattern_;
  }

  FlowTally& tally_;
  ResourceFlowList& list_;
  platform::NodeResources block_;
  platform::NodeId node_ = 0; ///< first of the run
  platform::NodeId repeats_ = 0;
  bool fresh_ = false; ///< the pattern is not yet in the list
  std::vector<double> counters_;
  std::vector<ResourceFlows> pattern_;
};

BundleShape FlowTally::take(double bytes_factor) {
  BundleShape bundle;
  bundle.bytes_factor = bytes_factor;
  NodeRuns runs(*this, bundle.resources);
  std::size_t block = 0;
  platform::NodeId first_node = 0;
  touched_nodes_.drain([&](std::size_t node) {
    while (node - first_node >= nodes_[block].nodes)
      first_node += nodes_[block++].nodes;
    runs.add(nodes_[block], static_cast<platform::NodeId>(node - first_node));
  });
  runs.close();
  touched_beyond_.drain([&](std::size_t beyond) {
    const auto resource = static_cast<platform::ResourceId>(beyond_ + beyond);
    bundle.resources.push_back({resource, std::exchange(flows_[resource], 0) * weight(resource)});
  });
  if (each_)
    bundle.each = std::exchange(each_, std::make_shared<FlowList>());
  return bundle;
}

} // namespace iccsim::workload
