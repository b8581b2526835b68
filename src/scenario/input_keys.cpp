// jobs[].dataset and jobs[].checkpoint
#include "scenario/input_keys.hpp"

#include "scenario/list.hpp"

namespace iccsim::scenario {
namespace {

using D = Dimension;

constexpr std::size_t most_levels = 16;

/// A time, or `{ steps: N }`.
template <typename Spec> void read_every(const Value& value, Reading& reading, Spec& spec) {
  static const Keys<Spec> keys = {
      required(quantity("steps", &Spec::every_steps, D::count, range::at_least_one, "optimizer steps")),
  };
  if (value.tree->is_mapping()) {
    read_mapping(value, reading, keys, spec);
  } else {
    spec.every_s = read_quantity(value, reading, D::time, range::positive);
  }
}

template <typename Spec> Key<Spec> every(std::string meaning) {
  Key<Spec> key = custom<Spec>("every", "a time, or a mapping with steps", std::move(meaning), read_every<Spec>);
  key.info.children = [] {
    return std::vector<KeyInfo>{declare::info("steps", expected_quantity(D::count), "", range::at_least_one.text(),
                                              "optimizer steps instead of a time")};
  };
  return key;
}

void read_mode(const Value& value, Reading& reading, CheckpointSpec& checkpoint) {
  if (const auto word = read_word(value, reading, {"sync", "async"})) {
    checkpoint.asynchronous = *word == 1;
  }
}

const Keys<CheckpointLevelSpec>& level_keys() {
  using L = CheckpointLevelSpec;
  static const Keys<L> keys = {
      required(choice("to", &L::tier, "where it is kept")),
      text("storage", &L::storage, "to: storage: a name from platform.storage"),
      required(every<L>("how often")),
  };
  return keys;
}

} // namespace

const Keys<DatasetSpec>& dataset_keys() {
  using S = DatasetSpec;
  static const Keys<S> keys = {
      required(text("storage", &S::storage, "a name from platform.storage")),
      required(quantity("bytes_per_sample", &S::bytes_per_sample, D::bytes, range::positive, "mean, as stored")),
      ratio("bytes_cv", &S::bytes_cv, range::between(0, 100), "coefficient of variation (lognormal); 0: all equal"),
      by_default(quantity("copied_bytes_per_sample", &S::copied_bytes_per_sample, D::bytes, range::positive,
                          "after decoding, host to device"),
                 "as stored"),
      quantity("cpu_time_per_sample", &S::cpu_time_per_sample_s, D::time, range::not_negative, "of one core"),
      by_default(quantity("samples", &S::samples, D::count, range::at_least_one, "of the dataset"),
                 "more than are read"),
      ratio("samples_per_file", &S::samples_per_file, range::at_least_one, "one file is opened for so many"),
      integer("readers", &S::readers, "worker processes of one card", 1, 4096),
      integer("prefetch", &S::prefetch, "batches of one card ready or under way ahead of use", 1, 1'000'000),
      choice("order", &S::order, "in which samples are read"),
      flag("page_cache", &S::page_cache, "free host memory keeps what was read"),
  };
  return keys;
}

const Keys<CheckpointSpec>& checkpoint_keys() {
  using C = CheckpointSpec;
  static const Keys<C> keys = {
      required(text("storage", &C::storage, "a name from platform.storage")),
      every<C>("how often"),
      by_default(
          custom<C>("mode", "sync or async", "async: snapshot to host memory, then drain beneath training", read_mode),
          "sync"),
      choice("writers", &C::writers, "who writes"),
      by_default(quantity("bytes", &C::bytes, D::bytes, range::positive, "of the whole checkpoint"),
                 "weights and optimizer states of the model"),
      flag("restore", &C::restore, "the job begins by loading one"),
      list_of_sections("levels", &C::levels, level_keys, "cheaper ones beside it, more often", most_levels),
  };
  return keys;
}

} // namespace iccsim::scenario
