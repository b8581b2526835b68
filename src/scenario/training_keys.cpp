// jobs[] of type training
#include "scenario/input_keys.hpp"
#include "scenario/job_keys.hpp"

namespace iccsim::scenario {
namespace {

using T = TrainingSpec;

void read_batch(const Value& value, Reading& reading, T& job) {
  static const Keys<T> keys = {integer("micro", &T::micro, "samples of one card in a step", 1, 1e6)};
  read_mapping(value, reading, keys, job);
}

Key<T> batch_key() {
  Key<T> key = custom<T>("batch", "a mapping", "what a step processes", read_batch);
  key.info.children = [] {
    return std::vector<KeyInfo>{
        declare::info("micro", "a whole number", "1", "between 1 and 1000000", "samples of one card in a step")};
  };
  return key;
}

} // namespace

const Keys<T>& training_keys() {
  static const Keys<T> keys = {
      required(quantity("compute_per_step", &T::compute_per_step_s, Dimension::time, range::positive,
                        "of one card, for one batch of micro samples")),
      batch_key(),
      required(section("length", &T::length, length_keys, "steps or time")),
      optional_section("dataset", &T::dataset, dataset_keys, "what is read, and the pipeline that brings it"),
      optional_section("checkpoint", &T::checkpoint, checkpoint_keys, "what is written, and how often"),
      belongs_to<T>("model", JobType::pretraining),
      belongs_to<T>("parallelism", JobType::pretraining),
      belongs_to<T>("precision", JobType::pretraining),
      belongs_to<T>("software", JobType::pretraining),
      belongs_to<T>("recompute", JobType::pretraining),
      belongs_to<T>("overlap", JobType::pretraining),
      belongs_to<T>("algorithm", JobType::pretraining),
      belongs_to<T>("operation", JobType::collective),
      belongs_to<T>("bytes", JobType::collective),
      belongs_to<T>("repeat", JobType::collective),
      belongs_to<T>("replicas", JobType::inference),
      belongs_to<T>("requests", JobType::inference),
  };
  return keys;
}

} // namespace iccsim::scenario
