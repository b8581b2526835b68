#include "engine/serving/service_memory.hpp"

#include "iccsim/workload/serving_memory.hpp"

#include <algorithm>

namespace iccsim::engine::serving {
namespace {

using workload::ReplicaRole;

const scenario::ReplicasSpec& replicas_of(const scenario::InferenceSpec& spec, ReplicaRole role) {
  return role == ReplicaRole::both      ? spec.replicas
         : role == ReplicaRole::prefill ? spec.disaggregation->prefill
                                        : spec.disaggregation->decode;
}

const char* pool_of(ReplicaRole role) {
  return role == ReplicaRole::both ? "" : role == ReplicaRole::prefill ? "prefill" : "decode";
}

double fullness(const metrics::ServingMemoryFigures& f) {
  return f.total_bytes() / f.capacity_bytes;
}

} // namespace

std::vector<metrics::ServingMemoryFigures>
memory_figures(const scenario::InferenceSpec& spec, const platform::Cluster& cluster, const ReplicaLayout& layout) {
  std::vector<metrics::ServingMemoryFigures> pools;
  const scenario::ChipSpec* last_chip = nullptr;
  for (std::size_t i = 0; i < layout.plans.size(); ++i) {
    const ReplicaPlan& plan = layout.plans[i];
    for (const platform::CardId card : layout.cards[i].cards) {
      const scenario::ChipSpec& chip = cluster.node_spec(cluster.node_of(card)).chip;
      const bool same_pool = !pools.empty() && pools.back().pool == pool_of(plan.role);
      if (same_pool && &chip == last_chip) {
        continue;
      }
      last_chip = &chip;
      const auto memory = workload::serving_memory(spec, replicas_of(spec, plan.role), chip, plan.role);
      const double blocks = static_cast<double>(plan.settings.kv_blocks);
      const metrics::ServingMemoryFigures figures{
          pool_of(plan.role),       memory.weights_bytes,  blocks * memory.kv_block_bytes,
          memory.activations_bytes, memory.reserved_bytes, chip.memory_bytes};
      if (!same_pool) {
        pools.push_back(figures);
      } else if (fullness(figures) > fullness(pools.back())) {
        pools.back() = figures;
      }
    }
  }
  return pools;
}

} // namespace iccsim::engine::serving
