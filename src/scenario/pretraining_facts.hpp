// What the rules of a pretraining job look at.
#pragma once

#include "iccsim/scenario/scenario.hpp"
#include "scenario/rule.hpp"

namespace iccsim::scenario {

struct PretrainingFacts {
  const JobSpec& job;
  const PretrainingSpec& spec;
  const PlatformSpec& platform;

  const ParallelismSpec& plan() const { return spec.parallelism; }
  const ModelSpec& model() const { return spec.model; }
  /// Cards of one copy of the model.
  long long copy() const { return 1LL * plan().tensor * plan().pipeline * plan().context; }
  /// Data-parallel degree; 0 when the cards do not divide.
  long long data() const { return job.cards % copy() == 0 ? job.cards / copy() : 0; }
  int expert_tensor() const { return plan().expert_tensor > 0 ? plan().expert_tensor : plan().tensor; }
  /// Micro-batches of a pipeline and step; 0 when the batch does not divide.
  long long microbatches() const {
    const long long pass = data() * spec.batch.micro;
    return pass > 0 && spec.batch.global % pass == 0 ? spec.batch.global / pass : 0;
  }
};

using PretrainingRules = std::vector<Rule<PretrainingFacts>>;

const PretrainingRules& degree_rules();   ///< tensor, context, expert, data
const PretrainingRules& pipeline_rules(); ///< layers, stages, schedules
const PretrainingRules& run_rules();      ///< batch, length, chip, model

} // namespace iccsim::scenario
