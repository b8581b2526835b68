// What one iteration of an inference engine costs on a replica's cards, and what memory leaves for KV.
//
// A replica is `data` attention groups of `tensor` x `pipeline` cards. Groups iterate in lockstep: the busiest sets the
// pace of attention, and all tokens meet in the experts. Decode costs are affine in the KV that is read, so that a
// stretch of iterations with an unchanged batch has a closed form.
#pragma once

#include "iccsim/platform/cluster.hpp"
#include "iccsim/scenario/inference.hpp"
#include "iccsim/workload/collective.hpp"

#include <memory>
#include <vector>

namespace iccsim::workload {

/// What one attention group computes in one iteration.
struct IterationLoad {
  double prompt_tokens = 0;    ///< of all chunks
  double prompt_sequences = 0; ///< chunks
  double prompt_pairs = 0;     ///< query-key pairs: sum over chunks of tokens x (context before + (tokens + 1) / 2)
  double decode_sequences = 0;
  double decode_tokens = 0;  ///< sequences x (1 + drafted tokens)
  double decode_context = 0; ///< KV tokens that decodes read: sum of their contexts
};

/// Communication of one iteration that leaves the scale-up domain, and so meets other jobs.
struct FabricCall {
  std::size_t shape = 0;       ///< index into ServingCost::fabric_shapes()
  double bytes = 0;            ///< of one call
  double calls = 0;            ///< per iteration
  double hidden_beneath_s = 0; ///< compute of the iteration that it may run beneath (dual batches); 0: exposed
};

/// Seconds of one iteration on every card of the replica.
struct IterationCost {
  double compute_s = 0;           ///< kernels, launches, host gaps
  double local_comm_s = 0;        ///< inside scale-up domains that only this replica uses
  std::vector<FabricCall> fabric; ///< played on the network; on an idle one they take idle_fabric_s
  double idle_fabric_s = 0;
  double total_s() const { return compute_s + local_comm_s + idle_fabric_s; }
};

/// A decode-only iteration of fixed groups: total_s == base_s + per_context_s[g] x context of the slowest group g, and
/// no less than floor_s.
struct DecodeCost {
  IterationCost base;       ///< with no context at all
  double per_context_s = 0; ///< per KV token of the group that has most of it
  double floor_s = 0;       ///< host work that the device's runs beneath
};

/// Which iterations a replica runs: disaggregated ones only one kind.
enum class ReplicaRole { both, prefill, decode };

class ServingCost {
public:
  /// `cards` of one replica, in rank order (tensor fastest, then data, then pipeline). Throws std::invalid_argument
  /// with a sentence for a user when the model does not fit.
  ServingCost(const scenario::InferenceSpec& spec, const scenario::ReplicasSpec& replica,
              const platform::Cluster& cluster, const std::vector<platform::CardId>& cards,
              ReplicaRole role = ReplicaRole::both);
  ~ServingCost();
  ServingCost(ServingCost&&) noexcept;

  /// One load an attention group.
  IterationCost iteration(const std::vector<IterationLoad>& groups) const;
  /// The same for decodes alone, by sequences of each group.
  DecodeCost decode(const std::vector<double>& sequences) const;
  /// Shapes of the fabric calls, to be registered with a network.
  const std::vector<CollectiveShape>& fabric_shapes() const;

  double weight_bytes() const;       ///< of the fullest card
  double model_bytes() const;        ///< of the whole model as stored: what one replica loads
  double kv_bytes_per_token() const; ///< of one sequence's token, over all cards of an attention group
  double kv_blocks() const;          ///< of one attention group, from memory (or as the scenario says)
  scenario::Evidence evidence() const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace iccsim::workload
