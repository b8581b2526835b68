// jobs[].engine of type inference
#include "scenario/inference_keys.hpp"

namespace iccsim::scenario {
namespace {

using E = EngineSpec;
using D = Dimension;

const Keys<SpeculativeSpec>& speculative_keys() {
  using S = SpeculativeSpec;
  static const Keys<S> keys = {
      required(integer("tokens", &S::tokens, "drafted at a time", 0, 1024)),
      quantity("acceptance", &S::acceptance, D::share, range::share,
               "probability that a draft token is accepted, given those before it"),
      by_default(text("draft", &S::draft, "a model that drafts"), "the model's own heads"),
      ratio("draft_cost", &S::draft_cost, range::between(0, 1),
            "time of one draft token over one pass of the model, without a draft model"),
  };
  return keys;
}

const Keys<KvOffloadSpec>& kv_offload_keys() {
  using K = KvOffloadSpec;
  static const Keys<K> keys = {
      quantity("host", &K::host_bytes, D::bytes, range::not_negative, "host memory of one replica"),
      quantity("nvme", &K::nvme_bytes, D::bytes, range::not_negative, "local drives of one replica"),
      text("storage", &K::storage, "a name from platform.storage that all replicas share"),
      by_default(quantity("storage_capacity", &K::storage_bytes, D::bytes, range::positive, "of the shared store"),
                 "all prefixes fit"),
  };
  return keys;
}

} // namespace

const Keys<E>& engine_keys() {
  static const Keys<E> keys = {
      integer("max_batch", &E::max_batch, "sequences of one iteration and attention group", 1, 10e6),
      integer("max_batched_tokens", &E::max_batched_tokens, "tokens of one iteration and attention group", 1, 100e6),
      flag("chunked_prefill", &E::chunked_prefill, "prompts are cut to fit beside decodes"),
      flag("whole_prompts", &E::whole_prompts, "a prompt enters an iteration beside decodes whole, or waits"),
      integer("round_passes", &E::round_passes,
              "passes for which a decode batch is left alone; who waits joins between", 1, 1e6),
      flag("front_end", &E::front_end, "requests come as text over HTTP; false: as tokens, within the process"),
      integer("gather", &E::gather, "requests that the front end sends on together, to one replica", 1, 1e6),
      quantity("gather_wait", &E::gather_s, D::time, range::not_negative,
               "or fewer, when the first of them has waited so long"),
      integer("kv_block", &E::kv_block, "tokens of one KV block", 1, 65536),
      by_default(integer("kv_blocks", &E::kv_blocks, "KV blocks of one attention group", 1), "what memory leaves"),
      quantity("memory_utilization", &E::memory_utilization, D::share, range::positive_share,
               "of device memory that weights, activations and KV may fill"),
      flag("prefix_cache", &E::prefix_cache, "KV of equal beginnings is kept and shared"),
      choice("preemption", &E::preemption, "what becomes of KV that has to leave"),
      choice("queue", &E::queue, "who goes first"),
      by_default(integer("max_context", &E::max_context, "tokens of one sequence; longer requests fail", 1, 1e9),
                 "the model's own"),
      section("speculative", &E::speculative, speculative_keys, "draft tokens verified in one pass"),
      section("kv_offload", &E::kv_offload, kv_offload_keys, "where KV goes beyond device memory"),
  };
  return keys;
}

} // namespace iccsim::scenario
