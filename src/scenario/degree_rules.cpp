// Which degrees of parallelism go with one another and with the model.
#include "scenario/pretraining_facts.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

using F = PretrainingFacts;
using Result = std::optional<Mistake>;

Result cards_divide(const F& f) {
  if (f.data() > 0) {
    return std::nullopt;
  }
  const ParallelismSpec& p = f.plan();
  const long long below = f.job.cards / f.copy() * f.copy();
  return Mistake{fmt::format("{} cards are not divisible by tensor {} x pipeline {} x context {} = {}", f.job.cards,
                             p.tensor, p.pipeline, p.context, f.copy()),
                 fmt::format("a multiple of {}", f.copy()),
                 below > 0 ? fmt::format("{} and {} are the nearest", below, below + f.copy()) : ""};
}

Result heads_divide(const F& f) {
  if (f.model().heads % f.plan().tensor == 0) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("heads {} of {} are not divisible by tensor {}", f.model().heads, f.model().name, f.plan().tensor),
      "a divisor of heads", ""};
}

Result kv_heads_divide(const F& f) {
  const int kv = f.model().kv_heads, tensor = f.plan().tensor;
  const bool other_rule = f.model().attention == AttentionKind::mla || f.model().heads % tensor != 0;
  if (other_rule || kv % tensor == 0 || tensor % kv == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("kv_heads {} of {} and tensor {} do not divide one another", kv, f.model().name, tensor),
                 "a divisor or a multiple of kv_heads", ""};
}

Result ffn_divides(const F& f) {
  if (f.model().ffn % f.plan().tensor == 0) {
    return std::nullopt;
  }
  return Mistake{
      fmt::format("ffn {} of {} is not divisible by tensor {}", f.model().ffn, f.model().name, f.plan().tensor),
      "a divisor of ffn", ""};
}

Result expert_ffn_divides(const F& f) {
  if (!f.model().has_moe() || f.model().moe.expert_ffn % f.expert_tensor() == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("expert_ffn {} of {} is not divisible by tensor parallelism {} inside experts",
                             f.model().moe.expert_ffn, f.model().name, f.expert_tensor()),
                 "a divisor of expert_ffn", "expert_tensor: 1 keeps experts whole"};
}

Result experts_exist(const F& f) {
  if (f.model().has_moe() || (f.plan().expert == 1 && f.plan().expert_tensor == 0)) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} has no experts", f.model().name), "a model with moe, or no expert parallelism", ""};
}

Result experts_divide(const F& f) {
  if (!f.model().has_moe() || f.model().moe.experts % f.plan().expert == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} experts of {} are not divisible by expert {}", f.model().moe.experts, f.model().name,
                             f.plan().expert),
                 "a divisor of experts", ""};
}

/// Expert groups lie within the ranks of a stage, as in Megatron-Core's parallel folding (arXiv 2504.14960).
Result expert_groups_divide(const F& f) {
  const long long stage = f.data() * f.plan().context * f.plan().tensor;
  const long long group = 1LL * f.plan().expert * f.expert_tensor();
  const bool other_rule = !f.model().has_moe() || f.model().moe.experts % f.plan().expert != 0;
  if (other_rule || stage % group == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("a stage's {} cards are not divisible by expert {} x tensor parallelism {} inside experts",
                             stage, f.plan().expert, f.expert_tensor()),
                 "a divisor", ""};
}

Result sequence_splits(const F& f) {
  const int parts = f.plan().context * (f.plan().sequence ? f.plan().tensor : 1);
  if (f.spec.batch.sequence % f.plan().context == 0 && f.spec.batch.sequence % parts == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("a sequence of {} tokens is not divisible by {}", f.spec.batch.sequence,
                             f.plan().sequence ? fmt::format("context {} x tensor {} (sequence parallelism)",
                                                             f.plan().context, f.plan().tensor)
                                               : fmt::format("context {}", f.plan().context)),
                 fmt::format("a multiple of {}", parts), ""};
}

Result sharding_group_divides(const F& f) {
  const int group = f.plan().sharding_group;
  if (group == 0) {
    return std::nullopt;
  }
  if (f.plan().sharding == Sharding::none) {
    return Mistake{"a sharding group, and nothing is sharded", "sharding: optimizer, gradients or parameters", ""};
  }
  const long long ranks = f.data() * f.plan().context;
  if (ranks % group == 0) {
    return std::nullopt;
  }
  return Mistake{fmt::format("{} data-parallel ranks are not divisible by a sharding group of {}", ranks, group),
                 "a divisor", ""};
}

} // namespace

const PretrainingRules& degree_rules() {
  static const PretrainingRules rules = {
      {{"cards", "parallelism"}, cards_divide},
      {{"parallelism.tensor", "model"}, heads_divide},
      {{"parallelism.tensor", "model"}, kv_heads_divide},
      {{"parallelism.tensor", "model"}, ffn_divides},
      {{"parallelism.expert_tensor", "parallelism.tensor", "model"}, expert_ffn_divides},
      {{"parallelism.expert", "parallelism.expert_tensor", "model"}, experts_exist},
      {{"parallelism.expert", "model"}, experts_divide},
      {{"parallelism.expert", "cards", "parallelism", "model"}, expert_groups_divide},
      {{"batch.sequence", "parallelism.context", "parallelism.tensor", "parallelism.sequence"}, sequence_splits},
      {{"parallelism.sharding_group", "cards", "parallelism"}, sharding_group_divides},
  };
  return rules;
}

} // namespace iccsim::scenario
