// Keys that pretraining and training share: lengths, datasets, checkpoints.
#pragma once

#include "scenario/declare.hpp"
#include "scenario/reading.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {

const Keys<LengthSpec>& length_keys();
const Keys<DatasetSpec>& dataset_keys();
const Keys<CheckpointSpec>& checkpoint_keys();

/// What a job reads and writes must be there: storages, drives, neighbours. `job` is the job's mapping.
void check_dataset(const Value& job, Reading& reading, const JobSpec& spec, const DatasetSpec& dataset,
                   const PlatformSpec& platform);
void check_checkpoint(const Value& job, Reading& reading, const JobSpec& spec, const CheckpointSpec& checkpoint,
                      const PlatformSpec& platform);
/// The storage that the text at `place` names exists, and the job's nodes have the drives that it lies on.
void check_storage_name(const Value& place, Reading& reading, const std::string& name, const JobSpec& spec,
                        const PlatformSpec& platform);
/// Every pool that the job may use has drives.
bool pools_have_drives(const JobSpec& spec, const PlatformSpec& platform);

} // namespace iccsim::scenario
