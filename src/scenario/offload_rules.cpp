// Whether what lies below device memory has the room that an engine is given there.
#include "scenario/inference_keys.hpp"
#include "scenario/unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace iccsim::scenario {
namespace {

/// Replicas of one kind, and where the scenario says what their engine has.
struct Pool {
  const ReplicasSpec& replicas;
  const EngineSpec& engine;
  std::string engine_at;
};

int cards_of(const ReplicasSpec& replicas) {
  return replicas.tensor * replicas.data * replicas.pipeline;
}

int most_of(const InferenceSpec& spec, const ReplicasSpec& replicas) {
  return spec.autoscale ? std::max(spec.autoscale->max, replicas.count) : replicas.count;
}

double host_memory(const NodeSpec& node) {
  return node.host.memory_bytes;
}

double drives(const NodeSpec& node) {
  return std::accumulate(node.nvme.begin(), node.nvme.end(), 0.0,
                         [](double sum, const NvmeSpec& drive) { return sum + drive.bytes; });
}

/// `bytes` of each replica against what its nodes have, in the pool that has most.
void check_room(const Value& place, Reading& reading, const InferenceFacts& facts, const Pool& pool, double bytes,
                double (*room)(const NodeSpec&), const char* what) {
  if (bytes == 0 || !reading.trusts(place.path)) {
    return;
  }
  const int cards = cards_of(pool.replicas);
  double most = 0; // that one replica can have
  const NodePoolSpec* best = nullptr;
  int beside = 1;
  for (const NodePoolSpec* nodes : usable_pools(facts.job, facts.platform)) {
    const int on_node = std::clamp(nodes->node.cards / cards, 1, most_of(facts.spec, pool.replicas));
    const int wide = (cards + nodes->node.cards - 1) / nodes->node.cards;
    const double each = room(nodes->node) * wide / on_node;
    if (each >= most) {
      most = each;
      best = nodes;
      beside = on_node;
    }
  }
  if (best == nullptr || most == 0 || bytes <= most) {
    return; // nodes that say nothing of it are not held to it
  }
  const std::string whom = beside > 1 ? fmt::format("each of {} replicas that lie on one node", beside) : "a replica";
  reading.fail(place,
               fmt::format("{} for {}, and a node of pool {} has {} of {}", show_quantity(bytes, Dimension::bytes),
                           whom, best->name, show_quantity(room(best->node), Dimension::bytes), what),
               fmt::format("at most {}", show_quantity(most, Dimension::bytes)));
}

void check_pool(const Value& job, Reading& reading, const InferenceFacts& facts, const Pool& pool) {
  const KvOffloadSpec& below = pool.engine.kv_offload;
  const std::string at = pool.engine_at + ".kv_offload.";
  check_room(job.seek(at + "host"), reading, facts, pool, below.host_bytes, host_memory, "host memory");
  check_room(job.seek(at + "nvme"), reading, facts, pool, below.nvme_bytes, drives, "drives");
}

} // namespace

void check_offload(const Value& job, Reading& reading, const InferenceFacts& facts) {
  if (!reading.trusts("platform") || !reading.trusts(joined(job.path, "pool"))) {
    return;
  }
  const auto& split = facts.spec.disaggregation;
  if (!split) {
    check_pool(job, reading, facts, {facts.spec.replicas, facts.spec.engine, "engine"});
    return;
  }
  const auto pool = [&](const char* at, const ReplicasSpec& replicas, const std::optional<EngineSpec>& own) {
    // A pool whose engine says nothing of it has the job's.
    const std::string own_at = fmt::format("disaggregation.{}.engine", at);
    const bool said = own && job.seek(own_at + ".kv_offload").tree != job.seek(own_at).tree;
    check_pool(job, reading, facts, {replicas, own ? *own : facts.spec.engine, said ? own_at : "engine"});
  };
  pool("prefill", split->prefill, split->prefill_engine);
  pool("decode", split->decode, split->decode_engine);
}

} // namespace iccsim::scenario
