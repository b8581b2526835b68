// Types of jobs, built or not.
#pragma once

#include "iccsim/enum_table.hpp"
#include "scenario/declare.hpp"

namespace iccsim::scenario {

enum class JobType { pretraining, collective, training, inference };

/// A key that another type of job has.
template <typename Spec> Key<Spec> belongs_to(std::string name, JobType type) {
  const std::string other = std::string(name_of(type));
  Key<Spec> key = custom<Spec>(std::move(name), "", "a key of jobs of type " + other,
                               [other](const Value& value, Reading& reading, Spec&) {
                                 reading.fail_at_key(value, "this is a key of jobs of type " + other, "", "");
                               });
  key.info.about.built = false;
  return key;
}

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::JobType> {
  using K = scenario::JobType;
  static constexpr EnumRow<K> rows[] = {
      {K::pretraining, "pretraining", "a transformer, by its operations"},
      {K::collective, "collective", "a microbenchmark, as nccl-tests does"},
      {K::training, "training", "any model, by its compute time"},
      {K::inference, "inference", "a service with replicas"},
  };
};
} // namespace iccsim
