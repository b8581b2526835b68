// How a model divides over the cards of one replica, and what its engine can do.
#include "scenario/inference_keys.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::scenario {
namespace {

using Result = std::optional<Mistake>;

struct ReplicaFacts {
  const ModelSpec& model;
  const ReplicasSpec& replica;

  long long stage() const { return 1LL * replica.tensor * replica.data; }
  long long expert_group() const { return 1LL * replica.expert * std::max(1, replica.expert_tensor); }
};
using F = ReplicaFacts;

Result heads_divide(const F& f) {
  if (f.model.heads % f.replica.tensor == 0) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("heads {} of {} are not divisible by tensor {}", f.model.heads, f.model.name, f.replica.tensor),
      "a divisor of heads", ""};
}

/// Fewer heads of keys and values than cards are copied; they must still share out evenly.
Result kv_heads_divide(const F& f) {
  const int kv = f.model.kv_heads, tensor = f.replica.tensor;
  const bool other_rule = f.model.attention == AttentionKind::mla || f.model.heads % tensor != 0;
  if (other_rule || kv % tensor == 0 || tensor % kv == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("kv_heads {} of {} and tensor {} do not divide one another", kv, f.model.name, tensor),
                 "a divisor or a multiple of kv_heads", ""};
}

/// Where every layer has experts, the dense size names no layer.
Result ffn_divides(const F& f) {
  const bool all_experts = f.model.has_moe() && f.model.moe.first_dense_layers == 0 && f.model.moe.every == 1;
  if (all_experts || f.model.ffn % f.replica.tensor == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("ffn {} of {} is not divisible by tensor {}", f.model.ffn, f.model.name, f.replica.tensor),
                 "a divisor of ffn", ""};
}

/// Engines spread layers that do not divide, so only the depth counts.
Result deep_enough(const F& f) {
  if (f.replica.pipeline <= f.model.layers) {
    return std::nullopt;
  }
  return Mistake{fmt::format("pipeline {}, and {} has {} layers", f.replica.pipeline, f.model.name, f.model.layers),
                 "at most one stage a layer", ""};
}

Result experts_exist(const F& f) {
  const ReplicasSpec& r = f.replica;
  if (f.model.has_moe() || (r.expert == 1 && r.expert_tensor == 0 && r.redundant_experts == 0 && !r.expert_balancing)) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} has no experts", f.model.name), "a model with moe, or no key about experts", ""};
}

Result experts_divide(const F& f) {
  const int all = f.model.moe.experts + f.replica.redundant_experts;
  if (!f.model.has_moe() || all % f.replica.expert == 0) {
    return std::nullopt;
  }
  const std::string copies =
      f.replica.redundant_experts > 0 ? fmt::format(" and {} copies", f.replica.redundant_experts) : "";
  return Mistake{fmt::format("{} experts of {}{} are not divisible by expert {}", f.model.moe.experts, f.model.name,
                             copies, f.replica.expert),
                 "a divisor of experts and copies", ""};
}

Result expert_ranks_fit(const F& f) {
  if (!f.model.has_moe() || f.stage() % f.expert_group() == 0) {
    return std::nullopt;
  }
  const std::string cut =
      f.replica.expert_tensor > 0 ? fmt::format(" x expert_tensor {}", f.replica.expert_tensor) : "";
  return Mistake{fmt::format("tensor {} x data {} = {} cards are not divisible by expert {}{}", f.replica.tensor,
                             f.replica.data, f.stage(), f.replica.expert, cut),
                 "a divisor of tensor x data", ""};
}

Result expert_ffn_divides(const F& f) {
  const bool other_rule = !f.model.has_moe() || f.stage() % f.expert_group() != 0;
  const long long cut = f.replica.expert_tensor > 0 ? f.replica.expert_tensor : f.stage() / f.expert_group();
  if (other_rule || f.model.moe.expert_ffn % cut == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("expert_ffn {} of {} is not divisible by {}, the cards that cut each expert",
                             f.model.moe.expert_ffn, f.model.name, cut),
                 "a divisor of expert_ffn", "more expert ranks, or expert_tensor, keep experts wider"};
}

/// Copies and places of experts spread them over ranks.
Result experts_are_spread(const F& f) {
  const ReplicasSpec& r = f.replica;
  if (!f.model.has_moe() || r.expert > 1 || (!r.expert_balancing && r.redundant_experts == 0)) {
    return std::nullopt;
  }
  return Mistake{"one rank has all experts: there is nothing to balance", "expert above 1", ""};
}

std::vector<Rule<F>> rules_at(const std::string& at) {
  const auto key = [&](const char* name) { return at + "." + name; };
  return {
      {{key("tensor"), "model"}, heads_divide},
      {{key("tensor"), "model"}, kv_heads_divide},
      {{key("tensor"), "model"}, ffn_divides},
      {{key("pipeline"), "model"}, deep_enough},
      {{key("expert"), at, "model"}, experts_exist},
      {{key("expert"), at, "model"}, experts_divide},
      {{key("expert"), at, "model"}, expert_ranks_fit},
      {{key("expert_tensor"), at, "model"}, expert_ffn_divides},
      {{key("expert"), at, "model"}, experts_are_spread},
  };
}

using E = EngineSpec;

Result tokens_cover_batch(const E& e) {
  if (!e.chunked_prefill || e.max_batched_tokens >= e.max_batch) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("{} tokens of an iteration, and {} sequences that each write one", e.max_batched_tokens, e.max_batch),
      "at least max_batch", ""};
}

Result context_fits_blocks(const E& e) {
  const double tokens = 1.0 * e.kv_blocks * e.kv_block;
  if (e.kv_blocks == 0 || e.max_context == 0 || tokens >= e.max_context) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("{} blocks of {} tokens hold less than one sequence of {}", e.kv_blocks, e.kv_block, e.max_context),
      "more blocks, or a smaller max_context", ""};
}

Result drafts_are_accepted(const E& e) {
  if (e.speculative.tokens == 0 || e.speculative.acceptance > 0) {
    return std::nullopt;
  }
  return Mistake{"draft tokens of which none is ever accepted", "acceptance above 0", ""};
}

Result swap_has_room(const E& e) {
  if (e.preemption != Preemption::swap || e.kv_offload.host_bytes > 0) {
    return std::nullopt;
  }
  return Mistake{"KV that is swapped out needs host memory", "kv_offload: { host: BYTES }, or preemption: recompute",
                 ""};
}

/// Below device memory lie prefixes, and what is swapped out to host memory.
Result offload_is_used(const E& e) {
  const KvOffloadSpec& below = e.kv_offload;
  const bool swaps = e.preemption == Preemption::swap && below.nvme_bytes == 0 && below.storage.empty();
  if (e.prefix_cache || swaps || (below.host_bytes == 0 && below.nvme_bytes == 0 && below.storage.empty())) {
    return std::nullopt;
  }
  return Mistake{"without a prefix cache nothing is kept there", "prefix_cache: true, or no kv_offload",
                 "preemption: swap uses host alone"};
}

Result store_is_named(const E& e) {
  return e.kv_offload.storage_bytes == 0 || !e.kv_offload.storage.empty()
             ? std::nullopt
             : Result(Mistake{"room in a store that has no name", "storage: a name from platform.storage", ""});
}

std::vector<Rule<E>> engine_rules_at(const std::string& at) {
  const auto key = [&](const char* name) { return at + "." + name; };
  return {
      {{key("max_batched_tokens"), key("max_batch"), key("chunked_prefill")}, tokens_cover_batch},
      {{key("kv_blocks"), key("kv_block"), key("max_context")}, context_fits_blocks},
      {{key("speculative.acceptance"), key("speculative")}, drafts_are_accepted},
      {{key("preemption"), key("kv_offload")}, swap_has_room},
      {{key("kv_offload"), key("prefix_cache"), key("preemption")}, offload_is_used},
      {{key("kv_offload.storage_capacity"), key("kv_offload")}, store_is_named},
  };
}

/// A draft model says what a draft costs.
void check_draft_cost(const Value& speculative, Reading& reading) {
  if (speculative.tree->is_mapping() && speculative.tree->find("draft") != nullptr &&
      speculative.tree->find("draft_cost") != nullptr) {
    reading.fail_at_key(speculative.child(*speculative.tree->find("draft_cost")),
                        "the draft model says what a draft costs", "draft or draft_cost, not both");
  }
}

/// A draft model is a name, of this file or of the library.
void check_draft(const Value& place, Reading& reading, const std::string& name) {
  if (name.empty() || !reading.trusts(place.path)) {
    return;
  }
  const std::vector<std::string> known = known_models(reading);
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    reading.fail(place, fmt::format("{} leads to no model", quote(name)),
                 "a name from models: of this file or scenarios/models/", did_you_mean(nearest_spelling(name, known)));
  }
}

} // namespace

void check_replicas(const Value& job, Reading& reading, const InferenceFacts& facts, const ReplicasSpec& replicas,
                    const std::string& at) {
  apply(rules_at(at), F{facts.spec.model, replicas}, job, reading);
}

void check_engine(const Value& job, Reading& reading, const InferenceFacts& facts, const EngineSpec& engine,
                  const std::string& at) {
  apply(engine_rules_at(at), engine, job, reading);
  check_draft(job.seek(at + ".speculative.draft"), reading, engine.speculative.draft);
  check_draft_cost(job.seek(at + ".speculative"), reading);
  check_storage_name(job.seek(at + ".kv_offload.storage"), reading, engine.kv_offload.storage, facts.job,
                     facts.platform);
  const Value drives = job.seek(at + ".kv_offload.nvme");
  if (engine.kv_offload.nvme_bytes > 0 && reading.trusts("platform") && reading.trusts(drives.path) &&
      !pools_have_drives(facts.job, facts.platform)) {
    reading.fail(drives, "KV on local drives, and nodes of the job have none", "a pool whose nodes have nvme");
  }
}

} // namespace iccsim::scenario
