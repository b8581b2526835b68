// What a job known by its compute time must say.
#include "scenario/input_keys.hpp"
#include "scenario/rule.hpp"
#include "scenario/unit.hpp"

namespace iccsim::scenario {
namespace {

using T = TrainingSpec;

std::optional<Mistake> one_length(const T& t) {
  if (t.length.tokens) {
    return Mistake{"the samples of this job have no tokens", "steps or time", ""};
  }
  const int given = t.length.steps.has_value() + t.length.time_s.has_value();
  if (given == 1) {
    return std::nullopt;
  }
  return Mistake{given == 0 ? "the length says nothing" : "the length is given more than once",
                 "exactly one of steps and time", ""};
}

/// Its size follows from no model.
std::optional<Mistake> checkpoint_has_bytes(const T& t) {
  return !t.checkpoint || t.checkpoint->bytes > 0
             ? std::nullopt
             : std::optional(Mistake{"the checkpoint of a job without a model needs its size",
                                     expected_quantity(Dimension::bytes), ""});
}

} // namespace

void check_training(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform) {
  static const std::vector<Rule<T>> rules = {{{"length"}, one_length}, {{"checkpoint.bytes"}, checkpoint_has_bytes}};
  const auto& training = std::get<T>(spec.what);
  apply(rules, training, job, reading);
  if (training.dataset) {
    check_dataset(job, reading, spec, *training.dataset, platform);
  }
  if (training.checkpoint) {
    check_checkpoint(job, reading, spec, *training.checkpoint, platform);
  }
}

} // namespace iccsim::scenario
