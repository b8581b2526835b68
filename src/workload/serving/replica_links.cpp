#include "replica_links.hpp"

#include "workload/expert_reach.hpp"

#include <algorithm>
#include <cstdint>
#include <set>

namespace iccsim::workload::serving {

namespace {

using platform::CardId;
using scenario::CollectiveOperation;

bool one_domain(const platform::Cluster& cluster, const std::vector<std::vector<CardId>>& groups) {
  for (const auto& group : groups) {
    for (const CardId card : group) {
      if (cluster.scale_up_domain(card) != cluster.scale_up_domain(group.front())) {
        return false;
      }
    }
  }
  return true;
}

double domain_count(const platform::Cluster& cluster, const std::vector<CardId>& cards) {
  std::set<std::uint32_t> domains;
  for (const CardId card : cards) {
    domains.insert(cluster.scale_up_domain(card));
  }
  return double(domains.size());
}

/// Beyond so many expert ranks an engine that gathers tokens exchanges them instead, since each goes to few of them.
constexpr double node_ranks = 8;

} // namespace

ReplicaLinks::ReplicaLinks(const scenario::ModelSpec& model, const scenario::SoftwareSpec& software,
                           const scenario::KernelCalibration& calibration, const CardShare& share,
                           const platform::Cluster& cluster, const std::vector<CardId>& cards, double expert_bytes)
    : model_(model), share_(share), cards_(cards), dispatch_bytes_(2.0 - software.fp8_dispatch),
      gathers_tokens_(software.gathers_tokens), dispatch_once_(software.dispatch_once),
      hidden_share_(software.overlap_expert) {
  const CollectiveCosts costs = library_costs(calibration);
  const auto serving = calibration.serving.value_or(scenario::ServingCalibration{});
  sum_ = make_call(cluster, CollectiveOperation::all_reduce, tensor_groups(), costs);
  if (sum_.local && serving.small_all_reduce_s > 0) {
    sum_.times.add_direct(serving.small_all_reduce_s, serving.all_reduce_efficiency);
  }
  logits_ = make_call(cluster, CollectiveOperation::all_gather, tensor_groups(), costs);
  send_ = make_call(cluster, CollectiveOperation::send_recv, stage_pairs(), costs);
  if (model.has_moe() && share.data > 1) {
    if (share.expert > 1) {
      domains_ = domain_count(cluster, expert_groups().front());
      gathers_tokens_ = gathers_tokens_ && domains_ == 1 && share.expert <= std::max(node_ranks, 1.0 * model.moe.top_k);
      dispatch_bytes_ = gathers_tokens_ ? expert_bytes : dispatch_bytes_;
    }
    if (share.expert > 1 && !gathers_tokens_) {
      exchange_ = make_call(cluster, CollectiveOperation::all_to_all, expert_groups(), costs);
    } else {
      gather_ = make_call(cluster, CollectiveOperation::all_gather, whole_stage(), costs);
      scatter_ = make_call(cluster, CollectiveOperation::reduce_scatter, whole_stage(), costs);
    }
  }
}

ReplicaLinks::Call ReplicaLinks::make_call(const platform::Cluster& cluster, CollectiveOperation operation,
                                           const Groups& groups, const CollectiveCosts& costs) {
  Call call;
  call.times = CallTimes(cluster, operation, groups, costs);
  call.local = one_domain(cluster, groups);
  call.first_shape = fabric_shapes_.size();
  if (!call.local) {
    fabric_shapes_.insert(fabric_shapes_.end(), call.times.shapes().begin(), call.times.shapes().end());
  }
  return call;
}

ReplicaLinks::Groups ReplicaLinks::tensor_groups() const {
  Groups groups;
  const auto tensor = std::size_t(share_.tensor);
  const auto stage = std::size_t(share_.tensor * share_.data);
  for (std::size_t first = 0; first + tensor <= stage; first += tensor) {
    groups.emplace_back(cards_.begin() + long(first), cards_.begin() + long(first + tensor));
  }
  return groups;
}

ReplicaLinks::Groups ReplicaLinks::whole_stage() const {
  return {std::vector<CardId>(cards_.begin(), cards_.begin() + long(share_.tensor * share_.data))};
}

/// Ranks that hold the same slice of their experts.
ReplicaLinks::Groups ReplicaLinks::expert_groups() const {
  const auto stage = std::size_t(share_.tensor * share_.data);
  const auto slices = std::size_t(share_.expert_tensor);
  const auto domain = std::size_t(share_.expert) * slices;
  Groups groups;
  for (std::size_t first = 0; first + domain <= stage; first += domain) {
    for (std::size_t slice = 0; slice < slices; ++slice) {
      std::vector<CardId> group;
      for (std::size_t at = first + slice; at < first + domain; at += slices) {
        group.push_back(cards_[at]);
      }
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

ReplicaLinks::Groups ReplicaLinks::stage_pairs() const {
  Groups groups;
  const auto stage = std::size_t(share_.tensor * share_.data);
  if (share_.pipeline > 1) {
    for (std::size_t i = 0; i < stage; ++i) {
      groups.push_back({cards_[i], cards_[i + stage]});
    }
  }
  return groups;
}

void ReplicaLinks::charge(const Call& call, double bytes, double calls, double hidden_s, IterationCost& cost) const {
  if (call.times.none() || bytes <= 0 || calls <= 0) {
    return;
  }
  if (call.local) {
    cost.local_comm_s += std::max(0.0, calls * call.times.seconds(bytes) - hidden_s);
    return;
  }
  const std::size_t cheapest = call.times.cheapest(bytes);
  cost.fabric.push_back({call.first_shape + cheapest, bytes, calls, hidden_s});
  cost.idle_fabric_s += std::max(0.0, calls * call.times.seconds(bytes) - hidden_s);
}

void ReplicaLinks::add_expert_exchange(const TokenFlow& flow, double times, IterationCost& cost) const {
  const double calls = share_.moe_layers * times;
  if (share_.expert > 1 && !gathers_tokens_) {
    // Each card sends its slice of its group's tokens once to every rank that holds one of their experts. Prompts cross
    // the fabric once for each scale-up domain and are copied there; decodes go straight to each rank, which saves a
    // hop (deepseek-ai/DeepEP: normal and low-latency kernels).
    const bool once_a_domain = dispatch_once_ && flow.prompts && domains_ > 1;
    const double copies = reached_parts(model_.moe, once_a_domain ? domains_ : share_.expert);
    const double sent = flow.group_tokens / share_.tensor * copies;
    const double elements = sent * share_.hidden * share_.imbalance;
    const double hidden_s = hidden_share_ * flow.compute_s / 2;
    charge(exchange_, elements * dispatch_bytes_, calls, hidden_s, cost);
    charge(exchange_, elements * 2, calls, hidden_s, cost);
    return;
  }
  // TensorRT-LLM on ranks without a multi-node NVLink (tensorrt_llm/_torch/modules/fused_moe/fused_moe_cutlass.py):
  // tokens in the experts' own precision are gathered by all, sums in 16 bits scattered back.
  const double elements = flow.group_tokens * share_.data * share_.hidden;
  charge(gather_, elements * dispatch_bytes_, calls, 0, cost);
  charge(scatter_, elements * 2, calls, 0, cost);
}

void ReplicaLinks::add(const TokenFlow& flow, double times, IterationCost& cost) const {
  const double activations = flow.group_tokens * share_.hidden * 2;
  // Attention's output and the FFN's are summed; with attention data parallelism experts bring their sums home.
  const double moe_sums = share_.data > 1 ? share_.moe_layers : 0;
  charge(sum_, activations, (2 * share_.layers() - moe_sums) * times, 0, cost);
  charge(logits_, flow.logit_rows * model_.vocabulary * 2, times, 0, cost);
  if (share_.data > 1) {
    add_expert_exchange(flow, times, cost);
  }
  charge(send_, activations / share_.tensor, (share_.pipeline - 1) * times, 0, cost);
}

} // namespace iccsim::workload::serving
