// Parts of an inference job's keys.
#pragma once

#include "scenario/input_keys.hpp"
#include "scenario/reading.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {

const Keys<ReplicasSpec>& replicas_keys();
const Keys<EngineSpec>& engine_keys();
const Keys<RequestsSpec>& requests_keys();
const Keys<SloSpec>& slo_keys();
const Keys<AutoscaleSpec>& autoscale_keys();
/// For the language's description: a pool of disaggregated replicas has the keys of `replicas`, and an engine.
std::vector<KeyInfo> describe_disaggregation_keys();

/// Names of the models that a draft may have: of the file and of the library.
std::vector<std::string> known_models(Reading& reading);
/// `draft`, a model's name, says what a draft token costs over a pass of `model`.
void price_draft(const Value& draft, Reading& reading, const ModelSpec& model, SpeculativeSpec& speculative);
/// What depends on other keys: the default stack, the two pools of `disaggregation`, the cards.
void finish_inference(const Value& job, Reading& reading, JobSpec& spec);

struct InferenceFacts {
  const JobSpec& job;
  const InferenceSpec& spec;
  const PlatformSpec& platform;
};

/// Degrees of one kind of replicas; `at` is "replicas", "disaggregation.prefill" or "disaggregation.decode".
void check_replicas(const Value& job, Reading& reading, const InferenceFacts& facts, const ReplicasSpec& replicas,
                    const std::string& at);
void check_engine(const Value& job, Reading& reading, const InferenceFacts& facts, const EngineSpec& engine,
                  const std::string& at);
/// KV in host memory and on drives against what nodes have.
void check_offload(const Value& job, Reading& reading, const InferenceFacts& facts);
/// `scenario` says where files lie and when requests end.
void check_requests(const Value& job, Reading& reading, const InferenceFacts& facts, const Scenario& scenario);

} // namespace iccsim::scenario
