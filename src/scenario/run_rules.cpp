// Batch, length, and what the cards can do.
#include "scenario/input_keys.hpp"
#include "scenario/placement_rules.hpp"
#include "scenario/pretraining_facts.hpp"
#include "scenario/quote.hpp"
#include "scenario/specs.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {
namespace {

using F = PretrainingFacts;
using Result = std::optional<Mistake>;

Result batch_divides(const F& f) {
  const long long pass = f.data() * f.spec.batch.micro;
  if (pass == 0 || f.microbatches() > 0) {
    return std::nullopt;
  }
  const long long below = f.spec.batch.global / pass * pass;
  return Mistake{fmt::format("a batch of {} is not divisible by micro {} x data-parallel {} = {}", f.spec.batch.global,
                             f.spec.batch.micro, f.data(), pass),
                 fmt::format("a multiple of {}", pass),
                 below > 0 ? fmt::format("{} and {} are the nearest", below, below + pass) : ""};
}

Result one_length(const F& f) {
  const LengthSpec& length = f.spec.length;
  const int given = length.steps.has_value() + length.tokens.has_value() + length.time_s.has_value();
  if (given == 1) {
    return std::nullopt;
  }
  return Mistake{given == 0 ? "the length says nothing" : "the length is given more than once",
                 "exactly one of steps, tokens and time", ""};
}

Result positions_suffice(const F& f) {
  const ModelSpec& m = f.model();
  if (m.position != PositionKind::learned || m.max_positions == 0 || f.spec.batch.sequence <= m.max_positions) {
    return std::nullopt;
  }
  return Mistake{fmt::format("a sequence of {} tokens, and {} has {} learned positions", f.spec.batch.sequence, m.name,
                             m.max_positions),
                 "at most max_positions", ""};
}

Result chips_compute_it(const F& f) {
  return chips_compute(f.spec.precision, f.job, f.platform, "");
}

} // namespace

const PretrainingRules& run_rules() {
  static const PretrainingRules rules = {
      {{"batch.global", "batch.micro", "cards", "parallelism"}, batch_divides},
      {{"length"}, one_length},
      {{"batch.sequence", "model"}, positions_suffice},
  };
  return rules;
}

void check_pretraining(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform) {
  const PretrainingFacts facts{spec, std::get<PretrainingSpec>(spec.what), platform};
  apply(degree_rules(), facts, job, reading);
  apply(pipeline_rules(), facts, job, reading);
  apply(run_rules(), facts, job, reading);
  if (reading.trusts("platform")) {
    static const PretrainingRules on_platform = {{{"precision", "pool"}, chips_compute_it}};
    apply(on_platform, facts, job, reading);
  }
  if (facts.spec.dataset) {
    check_dataset(job, reading, spec, *facts.spec.dataset, platform);
  }
  if (facts.spec.checkpoint) {
    check_checkpoint(job, reading, spec, *facts.spec.checkpoint, platform);
  }
}

} // namespace iccsim::scenario
