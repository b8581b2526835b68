// The key tables of the language, and what each noun needs after its keys are read.
#pragma once

#include "iccsim/scenario/scenario.hpp"
#include "scenario/key.hpp"

namespace iccsim::scenario {

const Keys<ChipSpec>& chip_keys();
const Keys<NodeSpec>& node_keys();
const Keys<FabricSpec>& fabric_keys();
const Keys<StorageSpec>& storage_keys();
const Keys<PlatformSpec>& platform_keys();
const Keys<ModelSpec>& model_keys();
const Keys<SoftwareSpec>& software_keys();
const Keys<KernelCalibration>& calibration_keys();
const Keys<ServingCalibration>& serving_calibration_keys();
/// Replicas say how many cards an inference job holds; every other job says it itself.
const Keys<JobSpec>& common_job_keys(bool cards_required);
const Keys<PretrainingSpec>& pretraining_keys();
const Keys<CollectiveSpec>& collective_keys();
const Keys<TrainingSpec>& training_keys();
const Keys<InferenceSpec>& inference_keys();
const Keys<Expectation>& expectation_keys();
const Keys<StragglerSpec>& straggler_keys();
const Keys<FaultSpec>& fault_keys();

// Defaults that depend on other keys, and the combinations that make no sense. `root` is the mapping that was read.
void finish_chip(const Value& root, Reading& reading, ChipSpec& chip);
void finish_node(const Value& root, Reading& reading, NodeSpec& node);
void finish_fabric(const Value& root, Reading& reading, FabricSpec& fabric);
void finish_platform(const Value& root, Reading& reading, PlatformSpec& platform);
void finish_model(const Value& root, Reading& reading, ModelSpec& model);

/// platform.storage[] as a whole; after the nodes have been read.
void check_storages(const Value& root, Reading& reading, const PlatformSpec& platform);
/// `name` is that of no storage of the platform.
void report_unknown_storage(const Value& at, const std::string& name, Reading& reading, const PlatformSpec& platform);
void check_pretraining(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform);
void check_collective(const Value& job, Reading& reading, const JobSpec& spec);
void check_training(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform);
void check_inference(const Value& job, Reading& reading, const JobSpec& spec, const Scenario& scenario);
/// Cards and pools, for every type of job.
void check_placement(const Value& job, Reading& reading, const JobSpec& spec, const PlatformSpec& platform);

/// Nodes and cards that exist, times in order. Whether links exist only the built cluster knows.
void check_health(const Value& root, Reading& reading, const Scenario& scenario);

/// The stack of a pretraining job that names none.
inline constexpr const char* default_software = "megatron-core";
/// The same of an inference job.
inline constexpr const char* default_serving_software = "vllm";

/// The pools that a job may use: those it names, or all.
std::vector<const NodePoolSpec*> usable_pools(const JobSpec& spec, const PlatformSpec& platform);

} // namespace iccsim::scenario
