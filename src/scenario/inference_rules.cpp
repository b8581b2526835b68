// An inference job as a whole.
#include "scenario/inference_keys.hpp"
#include "scenario/quote.hpp"
#include "scenario/rule.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

using F = InferenceFacts;
using Result = std::optional<Mistake>;

Result chips_compute_it(const F& f) {
  for (const NodePoolSpec* pool : usable_pools(f.job, f.platform)) {
    const ChipSpec& chip = pool->node.chip;
    if (chip.peak_flops.count(f.spec.precision) == 0) {
      std::vector<std::string> supported;
      for (const auto& [precision, peak] : chip.peak_flops) {
        supported.emplace_back(name_of(precision));
      }
      return Mistake{fmt::format("chip {} of pool {} has no {}", chip.name, pool->name, name_of(f.spec.precision)),
                     any_of(supported), "weight_precision and kv_precision may be narrower"};
    }
  }
  return std::nullopt;
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
  if (!scale || scale->target_queue > 0 || scale->target_kv > 0) {
    return std::nullopt;
  }
  return Mistake{"nothing says when to start a replica", "target_queue or target_kv", ""};
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

} // namespace

void check_inference(const Value& job, Reading& reading, const JobSpec& spec, const Scenario& scenario) {
  static const std::vector<Rule<F>> rules = {
      {{"autoscale.min", "autoscale.max"}, scale_in_order},
      {{"autoscale.target_queue", "autoscale.target_kv"}, scale_looks_at_something},
      {{"replicas.count", "autoscale.min", "autoscale.max", "disaggregation"}, scale_starts_inside},
      {{"autoscale", "disaggregation"}, scale_is_whole},
  };
  static const std::vector<Rule<F>> on_platform = {{{"precision", "pool"}, chips_compute_it}};
  const InferenceFacts facts{spec, std::get<InferenceSpec>(spec.what), scenario.platform};
  apply(rules, facts, job, reading);
  if (reading.trusts("platform")) {
    apply(on_platform, facts, job, reading);
  }
  check_engine(job, reading, facts, facts.spec.engine, "engine");
  if (const auto& split = facts.spec.disaggregation) {
    check_replicas(job, reading, facts, split->prefill, "disaggregation.prefill");
    check_replicas(job, reading, facts, split->decode, "disaggregation.decode");
    if (split->prefill_engine) {
      check_engine(job, reading, facts, *split->prefill_engine, "disaggregation.prefill.engine");
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
