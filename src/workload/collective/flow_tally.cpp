#include "workload/collective/flow_tally.hpp"

#include "workload/collective/tier.hpp"

#include <algorithm>
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

constexpr std::size_t word_bits = 64;

std::size_t lowest_bit(std::uint64_t word) {
  return static_cast<std::size_t>(__builtin_ctzll(word));
}

} // namespace

FlowTally::FlowTally(const platform::Cluster& cluster, const CollectiveCosts& costs, BundleDetail detail)
    : cluster_(cluster), resources_(cluster), scale_up_weight_(1 / costs.scale_up_efficiency),
      scale_out_weight_(1 / costs.scale_out_efficiency), local_work_(costs.local_work),
      flows_(cluster.resource_count()), touched_(cluster.resource_count() / word_bits + 1),
      first_word_(touched_.size()), each_(detail == BundleDetail::flows ? std::make_shared<FlowList>() : nullptr) {}

double FlowTally::weight(platform::ResourceId resource) {
  const ResourceKind kind = resources_.read(resource).kind;
  return is_scale_up(kind) ? scale_up_weight_ : is_scale_out(kind) ? scale_out_weight_ : 1;
}

Hops FlowTally::send(platform::CardId from, platform::CardId to, double flows) {
  if (from == to)
    return {};
  cluster_.route(from, to, platform::Transport::fastest, next_flow_++, route_);
  if (flows > 0) {
    for (const auto& use : route_.uses) {
      const std::size_t word = use.resource / word_bits;
      double& count = flows_[use.resource];
      if (count == 0) {
        touched_[word] |= std::uint64_t{1} << use.resource % word_bits;
        first_word_ = std::min(first_word_, word);
        last_word_ = std::max(last_word_, word);
        ++touched_count_;
      }
      count += flows * use.share;
    }
    if (each_)
      record(flows);
  }
  return {route_.latency_s, route_.scale_out ? 0.0 : 1.0, route_.scale_out ? 1.0 : 0.0};
}

/// The flow that route_ holds.
void FlowTally::record(double flows) {
  for (const auto& use : route_.uses) {
    const double taken = use.share * weight(use.resource);
    each_->uses.push_back({use.resource, taken, taken});
  }
  each_->flows.push_back({each_->uses.size(), flows});
}

BundleShape FlowTally::take(double bytes_factor) {
  BundleShape bundle;
  bundle.bytes_factor = bytes_factor;
  bundle.resources.reserve(touched_count_);
  for (std::size_t word = first_word_; word <= last_word_ && word < touched_.size(); ++word) {
    for (std::uint64_t bits = std::exchange(touched_[word], 0); bits != 0; bits &= bits - 1) {
      const auto resource = static_cast<platform::ResourceId>(word * word_bits + lowest_bit(bits));
      bundle.resources.push_back({resource, std::exchange(flows_[resource], 0) * weight(resource)});
    }
  }
  first_word_ = touched_.size();
  last_word_ = 0;
  touched_count_ = 0;
  if (each_)
    bundle.each = std::exchange(each_, std::make_shared<FlowList>());
  return bundle;
}

} // namespace iccsim::workload
