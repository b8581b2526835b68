// What can be said before anything is simulated: the cluster can be built, and every model fits its cards.
#pragma once

#include "cli/load_scenario.hpp"

#include "iccsim/metrics/result.hpp"
#include "iccsim/scenario/scenario.hpp"
#include "iccsim/workload/serving_memory.hpp"

#include <string>
#include <vector>

namespace iccsim::cli {

struct JobFit {
  const scenario::JobSpec* job = nullptr;
  const scenario::PretrainingSpec* spec = nullptr;
  metrics::MemoryFigures memory; ///< of the fullest card, against the smallest card the job may get
  int stage = 0;                 ///< the pipeline rank of the fullest card
  std::string misfit;            ///< "" when it fits; else by how much it does not, and what would make it fit
};

/// One for each pretraining job, in scenario order; they point into `scenario`.
std::vector<JobFit> job_fits(const scenario::Scenario& scenario);
/// One pool of replicas of a service.
struct ServiceFit {
  const scenario::JobSpec* job = nullptr;
  const scenario::ReplicasSpec* replicas = nullptr;
  workload::ReplicaRole role = workload::ReplicaRole::both;
  workload::ServingMemory memory; ///< of the fullest card, on the smallest card the job may get
  std::string misfit;             ///< "" when some KV fits
  std::string excess;             ///< "" when the KV blocks that the scenario says, if any, fit
};

/// Of one inference job: its replicas, or its pools of prefill and decode.
std::vector<ServiceFit> service_fits(const scenario::Scenario& scenario, const scenario::JobSpec& job);
/// Throws InvalidInput that says where in the file, and why, the scenario cannot run: every reason. `options` are those
/// that it was loaded with.
void require_fit(const scenario::Scenario& scenario, const LoadOptions& options);

} // namespace iccsim::cli
