// An inference job as a whole.
#include "scenario/inference_keys.hpp"
#include "scenario/placement_rules.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace iccsim::scenario {
namespace {

using F = InferenceFacts;
using Result = std::optional<Mistake>;

Result chips_compute_it(const F& f) {
  return chips_compute(f.spec.precision, f.job, f.platform, "weight_precision and kv_precision may be narrower");
}

Result scale_in_order(const F& f) {
  const auto& scale = f.spec.autoscale;
  if (!scale || scale->min <= scale->max) {
    return std::nullopt;
  }
  return Mistake{fmt::format("min {} is above max {}", scale->min, scale->max), "min up to max", ""};
}

Result scale_looks_at_something(const F& f) {
  const auto& scale = f.spec.autoscale;
  if (!scale || scale->target_queue > 0 || scale->target_requests > 0 || scale->target_kv > 0) {
    return std::nullopt;
  }
  return Mistake{"nothing says when to start a replica", "target_queue, target_requests or target_kv", ""};
}

Result scale_starts_inside(const F& f) {
  const auto& scale = f.spec.autoscale;
  const bool other_rule = !scale || scale->min > scale->max || f.spec.disaggregation;
  if (other_rule || (f.spec.replicas.count >= scale->min && f.spec.replicas.count <= scale->max)) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} replicas at the start, and autoscale keeps {} to {}", f.spec.replicas.count,
                             scale->min, scale->max),
                 fmt::format("between {} and {}", scale->min, scale->max), ""};
}

Result scale_is_whole(const F& f) {
  return !f.spec.autoscale || !f.spec.disaggregation
             ? std::nullopt
             : Result(Mistake{"disaggregated pools do not scale in this version of iccsim",
                              "autoscale or disaggregation", ""});
}

Result expert_precision_has_experts(const F& f) {
  return !f.spec.expert_precision || f.spec.model.has_moe()
             ? std::nullopt
             : Result(Mistake{fmt::format("{} has no experts", f.spec.model.name),
                              "a model with moe, or weight_precision", ""});
}

/// Hashes of a trace stand for so many tokens; blocks that do not share out evenly with them are never found.
Result blocks_match_hashes(const F& f) {
  const RequestsSpec& requests = f.spec.requests;
  const int block = f.spec.engine.kv_block;
  const bool hashed = !requests.trace.empty() && requests.format == TraceFormat::mooncake && f.spec.engine.prefix_cache;
  if (!hashed || requests.block_tokens % block == 0 || block % requests.block_tokens == 0) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("blocks of {} tokens, and the trace's hashes stand for {} each", block, requests.block_tokens),
      "a divisor or a multiple of block_tokens", ""};
}

std::vector<const EngineSpec*> engines_of(const InferenceSpec& spec) {
  const auto& split = spec.disaggregation;
  return {split && split->prefill_engine ? &*split->prefill_engine : &spec.engine,
          split && split->decode_engine ? &*split->decode_engine : &spec.engine};
}

template <typename Holds> bool some_engine(const InferenceSpec& spec, Holds holds) {
  const auto engines = engines_of(spec);
  return std::any_of(engines.begin(), engines.end(), [&](const EngineSpec* engine) { return holds(*engine); });
}

/// Rows of a CSV trace may have priorities of their own.
Result queue_has_priorities(const F& f) {
  const RequestsSpec& requests = f.spec.requests;
  const bool from_rows = !requests.trace.empty() && requests.format == TraceFormat::csv;
  const bool by_priority = some_engine(f.spec, [](const auto& e) { return e.queue == QueuePolicy::priority; });
  return !by_priority || from_rows || !requests.priorities.empty()
             ? std::nullopt
             : Result(Mistake{"a queue by priority, and all requests have the same",
                              "requests: { priorities: [{ priority: 1, share: 10 % }, ...] }, or queue: fcfs", ""});
}

/// Where requests come in, a router that looks for cached prompts needs a cache.
Result router_has_cache(const F& f) {
  const bool looks = f.spec.router == Router::prefix_aware;
  return !looks || engines_of(f.spec).front()->prefix_cache
             ? std::nullopt
             : Result(Mistake{"prefix_aware looks for cached prompts, and nothing is cached",
                              "engine: { prefix_cache: true }, or router: least_loaded", ""});
}

/// One store that all replicas share.
Result store_is_one(const F& f) {
  const auto& split = f.spec.disaggregation;
  const std::string& of_job = f.spec.engine.kv_offload.storage;
  const std::string& prefill = split && split->prefill_engine ? split->prefill_engine->kv_offload.storage : of_job;
  const std::string& decode = split && split->decode_engine ? split->decode_engine->kv_offload.storage : of_job;
  if (!split || prefill.empty() || decode.empty() || prefill == decode) {
    return std::nullopt;
  }
  return Mistake{fmt::format("prefill keeps KV in {} and decode in {}", quote(prefill), quote(decode)),
                 "one store for both", ""};
}

/// Hashes are made for the job's blocks: a pool with others finds them only where its own divide those.
Result pool_blocks_match(const F& f) {
  const auto& split = f.spec.disaggregation;
  for (const auto* engine : {split ? &split->prefill_engine : nullptr, split ? &split->decode_engine : nullptr}) {
    if (engine != nullptr && *engine && (*engine)->prefix_cache && f.spec.engine.kv_block % (*engine)->kv_block != 0) {
      return Mistake{fmt::format("a pool with blocks of {} tokens, and the service's hashes stand for {} each",
                                 (*engine)->kv_block, f.spec.engine.kv_block),
                     "a divisor of engine.kv_block", ""};
    }
  }
  return std::nullopt;
}

/// Keys that change nothing where prompts alone are computed. What the pool has from the job's engine is no mistake.
void check_prefill_engine(const Value& job, Reading& reading, const EngineSpec& engine) {
  const Value own = job.seek("disaggregation.prefill.engine");
  const auto refuse = [&](const char* key, bool set, const char* message, const char* expected) {
    const Tree::Entry* entry = own.tree->find(key);
    if (entry != nullptr && set && reading.trusts(own.path + "." + key)) {
      reading.fail_at_key(own.child(*entry), message, expected);
    }
  };
  refuse("speculative", engine.speculative.tokens > 0,
         "prefill writes the first token of an answer alone: drafts change nothing there",
         "it in disaggregation.decode.engine, or in the job's engine");
  refuse("preemption", engine.preemption == Preemption::swap,
         "a prompt that has to leave prefill before it is done is computed again",
         "swap in disaggregation.decode.engine, or in the job's engine");
  refuse("kv_offload", engine.preemption == Preemption::swap && !engine.prefix_cache,
         "prefill swaps nothing, and without a prefix cache nothing else is kept there",
         "prefix_cache: true, or no kv_offload");
}

} // namespace

void check_inference(const Value& job, Reading& reading, const JobSpec& spec, const Scenario& scenario) {
  static const std::vector<Rule<F>> rules = {
      {{"autoscale.min", "autoscale.max"}, scale_in_order},
      {{"autoscale.target_queue", "autoscale.target_requests", "autoscale.target_kv"}, scale_looks_at_something},
      {{"replicas.count", "autoscale.min", "autoscale.max", "disaggregation"}, scale_starts_inside},
      {{"autoscale", "disaggregation"}, scale_is_whole},
      {{"expert_precision", "model"}, expert_precision_has_experts},
      {{"engine.kv_block", "engine.prefix_cache", "requests.block_tokens", "requests.format", "requests.trace"},
       blocks_match_hashes},
      {{"router", "engine", "disaggregation"}, router_has_cache},
      {{"disaggregation", "engine"}, store_is_one},
      {{"engine.queue", "requests.priorities", "requests", "disaggregation"}, queue_has_priorities},
      {{"disaggregation", "engine"}, pool_blocks_match},
  };
  static const std::vector<Rule<F>> on_platform = {{{"precision", "pool"}, chips_compute_it}};
  const InferenceFacts facts{spec, std::get<InferenceSpec>(spec.what), scenario.platform};
  apply(rules, facts, job, reading);
  if (reading.trusts("platform")) {
    apply(on_platform, facts, job, reading);
  }
  check_engine(job, reading, facts, facts.spec.engine, "engine");
  check_offload(job, reading, facts);
  if (const auto& split = facts.spec.disaggregation) {
    check_replicas(job, reading, facts, split->prefill, "disaggregation.prefill");
    check_replicas(job, reading, facts, split->decode, "disaggregation.decode");
    if (split->prefill_engine) {
      check_engine(job, reading, facts, *split->prefill_engine, "disaggregation.prefill.engine");
      check_prefill_engine(job, reading, *split->prefill_engine);
    }
    if (split->decode_engine) {
      check_engine(job, reading, facts, *split->decode_engine, "disaggregation.decode.engine");
    }
  } else {
    check_replicas(job, reading, facts, facts.spec.replicas, "replicas");
  }
  check_storage_name(job.seek("weights"), reading, facts.spec.weights, spec, scenario.platform);
  check_requests(job, reading, facts, scenario);
}

} // namespace iccsim::scenario
