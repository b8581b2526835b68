#include "engine/serving/replica_layout.hpp"

#include "engine/serving/slowed_cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace iccsim::engine::serving {
namespace {

using platform::CardId;
using scenario::InferenceSpec;
using scenario::ReplicasSpec;
using workload::ReplicaRole;

struct PoolPlan {
  ReplicaRole role;
  ReplicasSpec replicas;
  scenario::EngineSpec engine;
};

int count_of(const InferenceSpec& spec, const ReplicasSpec& replicas) {
  return spec.autoscale ? std::max(spec.autoscale->max, replicas.count) : replicas.count;
}

std::vector<PoolPlan> pools_of(const InferenceSpec& spec) {
  if (!spec.disaggregation) {
    ReplicasSpec replicas = spec.replicas;
    replicas.count = count_of(spec, replicas);
    return {{ReplicaRole::both, replicas, spec.engine}};
  }
  const scenario::DisaggregationSpec& split = *spec.disaggregation;
  return {{ReplicaRole::prefill, split.prefill, split.prefill_engine.value_or(spec.engine)},
          {ReplicaRole::decode, split.decode, split.decode_engine.value_or(spec.engine)}};
}

GroupSettings settings_of(const PoolPlan& pool, const CostModel& costs, std::uint64_t seed) {
  const scenario::EngineSpec& engine = pool.engine;
  GroupSettings settings;
  // Every decode takes a place among the tokens of an iteration.
  const int tokens_each = 1 + (pool.role == ReplicaRole::prefill ? 0 : engine.speculative.tokens);
  settings.max_batch = std::max(1, std::min(engine.max_batch, engine.max_batched_tokens / tokens_each));
  settings.max_batched_tokens = engine.max_batched_tokens;
  settings.chunked_prefill = engine.chunked_prefill;
  settings.whole_prompts = engine.whole_prompts;
  settings.round_passes = engine.round_passes;
  settings.kv_block = engine.kv_block;
  settings.kv_blocks = static_cast<std::int64_t>(costs.kv_blocks());
  settings.prefix_cache = engine.prefix_cache;
  settings.swap = engine.preemption == scenario::Preemption::swap && pool.role != ReplicaRole::prefill;
  settings.by_priority = engine.queue == scenario::QueuePolicy::priority;
  settings.hands_over = pool.role == ReplicaRole::prefill;
  settings.draft_tokens = settings.hands_over ? 0 : engine.speculative.tokens;
  settings.acceptance = engine.speculative.acceptance;
  settings.seed = seed;
  return settings;
}

/// What a replica's costs depend on: its chips, and how its cards lie to one another.
std::vector<int> lie_of(const platform::Cluster& cluster, const std::vector<CardId>& cards) {
  std::vector<int> lie;
  const auto first_node = cluster.node_of(cards.front());
  const auto first_domain = cluster.scale_up_domain(cards.front());
  for (const CardId card : cards) {
    const auto node = cluster.node_of(card);
    lie.insert(lie.end(), {cluster.pool_of(node), static_cast<int>(node - first_node), cluster.local_index(card),
                           static_cast<int>(cluster.scale_up_domain(card) - first_domain)});
  }
  return lie;
}

struct Slowness {
  double slowdown = 1; ///< of the slowest card
  double lag = 0;      ///< of its compute, the share in which the mean card waits
};

Slowness slowness_of(const std::vector<CardId>& cards, const CardHealth& health) {
  Slowness slow;
  double sum = 0;
  for (const CardId card : cards) {
    slow.slowdown = std::max(slow.slowdown, health.slowdown(card));
    sum += health.slowdown(card);
  }
  const double lag = 1 - sum / (static_cast<double>(cards.size()) * slow.slowdown);
  slow.lag = lag > 1e-12 ? lag : 0; // rounding, where all are alike
  return slow;
}

double store_bytes(const scenario::KvOffloadSpec& below) {
  return below.storage.empty() ? 0 : below.storage_bytes > 0 ? below.storage_bytes : never_s;
}

std::string degrees(const ReplicasSpec& replica) {
  std::string text = fmt::format("{} x TP {}", replica.count, replica.tensor);
  for (const auto& [name, degree] : {std::pair("DP", replica.data), std::pair("PP", replica.pipeline)}) {
    text += degree > 1 ? fmt::format(" x {} {}", name, degree) : "";
  }
  return text + (replica.expert > 1 ? fmt::format(", EP {}", replica.expert) : "");
}

} // namespace

int replica_cards(const ReplicasSpec& replica) {
  return replica.tensor * replica.data * replica.pipeline;
}

int service_cards(const InferenceSpec& spec) {
  int cards = 0;
  for (const PoolPlan& pool : pools_of(spec)) {
    cards += pool.replicas.count * replica_cards(pool.replicas);
  }
  return cards;
}

std::string service_problem(const InferenceSpec& spec, int cards, bool bounded) {
  if (service_cards(spec) > cards) {
    return fmt::format("{} need {} cards, but the job has {}", describe(spec), service_cards(spec), cards);
  }
  if (!bounded && spec.requests.count <= 0 && spec.requests.trace.empty()) {
    return "its requests never end: give them a count, or the scenario a duration";
  }
  return {};
}

std::vector<scenario::EngineSpec> engines_of(const InferenceSpec& spec) {
  std::vector<scenario::EngineSpec> engines;
  for (const PoolPlan& pool : pools_of(spec)) {
    engines.push_back(pool.engine);
  }
  return engines;
}

int replica_block(const InferenceSpec& spec, int domain) {
  int block = 1;
  for (const PoolPlan& pool : pools_of(spec)) {
    const ReplicasSpec& replica = pool.replicas;
    for (const int cards : {replica_cards(replica), replica.tensor * replica.data, domain, replica.tensor}) {
      if (cards <= domain && replica_cards(replica) % cards == 0) {
        block = std::max(block, cards);
        break;
      }
    }
  }
  return block;
}

std::string describe(const InferenceSpec& spec) {
  std::string text;
  for (const PoolPlan& pool : pools_of(spec)) {
    text += text.empty() ? "" : " + ";
    text += pool.role == ReplicaRole::prefill ? "prefill " : pool.role == ReplicaRole::decode ? "decode " : "";
    text += degrees(pool.replicas);
  }
  return text;
}

ReplicaLayout lay_out(const InferenceSpec& spec, const platform::Cluster& cluster, const CardHealth& health,
                      const Placement& placement, std::uint64_t seed) {
  ReplicaLayout layout;
  std::size_t next = 0;
  for (const PoolPlan& pool : pools_of(spec)) {
    std::map<std::vector<int>, const CostModel*> alike;
    for (int r = 0; r < pool.replicas.count; ++r) {
      const std::size_t size = static_cast<std::size_t>(replica_cards(pool.replicas));
      if (next + size > placement.size()) {
        throw std::invalid_argument(service_problem(spec, static_cast<int>(placement.size()), true));
      }
      const auto first = placement.begin() + static_cast<std::ptrdiff_t>(next);
      const std::vector<CardId> cards(first, first + static_cast<std::ptrdiff_t>(size));
      next += size;
      const CostModel*& known = alike[lie_of(cluster, cards)];
      // Calls beyond the scale-up domain cross resources of the replica's own.
      if (known == nullptr || !known->fabric_shapes().empty()) {
        layout.costs.push_back(
            std::make_unique<ComputedCost>(workload::ServingCost(spec, pool.replicas, cluster, cards, pool.role)));
        known = layout.costs.back().get();
      }
      const Slowness slow = slowness_of(cards, health);
      const CostModel* costs = known;
      if (slow.slowdown > 1) {
        layout.costs.push_back(std::make_unique<SlowedCost>(*known, slow.slowdown));
        costs = layout.costs.back().get();
      }
      const scenario::KvOffloadSpec& below = pool.engine.kv_offload;
      layout.plans.push_back({pool.role, pool.replicas.data, static_cast<double>(size), settings_of(pool, *costs, seed),
                              costs, below.host_bytes, below.nvme_bytes, store_bytes(below), slow.lag});
      layout.cards.push_back({cards, costs, pool.replicas.tensor, pool.replicas.data, pool.replicas.pipeline});
    }
  }
  return layout;
}

} // namespace iccsim::engine::serving
