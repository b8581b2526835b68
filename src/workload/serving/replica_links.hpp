// What the cards of a replica tell one another in an iteration: tensor-parallel sums, exchanges with experts,
// hand-overs between stages. Calls inside one scale-up domain have a time; others are left to the network.
#pragma once

#include "call_times.hpp"
#include "card_share.hpp"
#include "iccsim/workload/serving_cost.hpp"

#include <vector>

namespace iccsim::workload::serving {

/// Tokens of one iteration, as communication sees them.
struct TokenFlow {
  double group_tokens = 0; ///< of the busiest attention group
  double total_tokens = 0; ///< of all groups
  double logit_rows = 0;   ///< of the busiest group
  double compute_s = 0;    ///< that a call may hide beneath, where the stack overlaps
  bool prompts = false;    ///< some of the tokens belong to prompts
};

class ReplicaLinks {
public:
  /// `expert_bytes`: of one element that experts read.
  ReplicaLinks(const scenario::ModelSpec& model, const scenario::SoftwareSpec& software,
               const scenario::KernelCalibration& calibration, const CardShare& share, const platform::Cluster& cluster,
               const std::vector<platform::CardId>& cards, double expert_bytes);

  /// Adds the communication of one iteration to `cost`; all of it `times` over (stages of a pipeline).
  void add(const TokenFlow& flow, double times, IterationCost& cost) const;
  const std::vector<CollectiveShape>& fabric_shapes() const { return fabric_shapes_; }

private:
  struct Call {
    CallTimes times;
    bool local = true;
    std::size_t first_shape = 0; ///< of the call's shapes in fabric_shapes_
  };
  using Groups = std::vector<std::vector<platform::CardId>>;

  Groups tensor_groups() const;
  Groups whole_stage() const;
  Groups expert_groups() const;
  Groups stage_pairs() const;
  Call make_call(const platform::Cluster& cluster, scenario::CollectiveOperation operation, const Groups& groups,
                 const CollectiveCosts& costs);
  void charge(const Call& call, double bytes, double calls, double hidden_s, IterationCost& cost) const;
  void add_expert_exchange(const TokenFlow& flow, double times, IterationCost& cost) const;

  const scenario::ModelSpec& model_;
  const CardShare& share_;
  std::vector<platform::CardId> cards_;
  double dispatch_bytes_ = 2;   ///< of one element on its way to experts
  bool gathers_tokens_ = false; ///< all tokens go to all ranks, and their sums come back
  bool dispatch_once_ = false;  ///< prompts cross the fabric once for each scale-up domain
  double domains_ = 1;          ///< scale-up domains that the ranks of experts lie in
  double hidden_share_ = 0;     ///< of the exchange with experts that hides beneath compute
  std::vector<CollectiveShape> fabric_shapes_;
  Call sum_;      ///< all-reduce of tensor groups
  Call logits_;   ///< all-gather of tensor groups
  Call exchange_; ///< all-to-all among expert ranks
  Call gather_;   ///< without expert parallelism: tokens of all groups go to all cards, and the sums come back
  Call scatter_;
  Call send_; ///< to the next stage
};

} // namespace iccsim::workload::serving
