#include "cli/fit.hpp"

#include "iccsim/engine/faults.hpp"
#include "iccsim/platform/cluster.hpp"
#include "iccsim/workload/memory.hpp"
#include "iccsim/workload/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace iccsim::cli {
namespace {

/// The card with least memory that the job may be given; null without any.
const scenario::ChipSpec* smallest_card(const scenario::Scenario& scenario, const scenario::JobSpec& job) {
  const scenario::ChipSpec* smallest = nullptr;
  for (const auto& pool : scenario.platform.pools) {
    const bool allowed =
        job.pools.empty() || std::find(job.pools.begin(), job.pools.end(), pool.name) != job.pools.end();
    if (allowed && (smallest == nullptr || pool.node.chip.memory_bytes < smallest->memory_bytes)) {
      smallest = &pool.node.chip;
    }
  }
  return smallest;
}

double card_memory_bytes(const scenario::Scenario& scenario, const scenario::JobSpec& job) {
  const scenario::ChipSpec* card = smallest_card(scenario, job);
  return card == nullptr ? std::numeric_limits<double>::infinity() : card->memory_bytes;
}

JobFit fit_of(const scenario::Scenario& scenario, const scenario::JobSpec& job, const scenario::PretrainingSpec& spec) {
  const auto estimate = workload::fullest_stage_memory(spec, workload::Plan(spec, job.cards));
  JobFit fit;
  fit.job = &job;
  fit.spec = &spec;
  fit.stage = estimate.stage;
  fit.memory = {estimate.weights_bytes,          estimate.gradients_bytes, estimate.optimizer_bytes,
                estimate.activations_bytes,      estimate.workspace_bytes, estimate.total(),
                card_memory_bytes(scenario, job)};
  fit.misfit = workload::explain_misfit(spec, job.cards, fit.memory.capacity_bytes);
  return fit;
}

/// Why the platform cannot be built, or which faults name links that it lacks.
void check_platform(const scenario::Scenario& scenario, const LoadOptions& options, scenario::Diagnostics& found) {
  try {
    const platform::Cluster cluster(scenario.platform);
    engine::capacity_changes(scenario, cluster, found);
  } catch (const std::invalid_argument& error) {
    found.add(mistake_at(scenario.file, options, "platform", error.what(), "a platform that can be built"));
  }
}

/// What was tried as a remedy ends the sentence.
scenario::Diagnostic misfit_at(const scenario::Scenario& scenario, const LoadOptions& options, const std::string& path,
                               const std::string& misfit, const char* expected) {
  const std::size_t remedy = misfit.rfind("; ");
  return mistake_at(scenario.file, options, path, misfit.substr(0, remedy), expected,
                    remedy == std::string::npos ? "" : misfit.substr(remedy + 2));
}

std::string path_of(const scenario::Scenario& scenario, const scenario::JobSpec& job, const char* key) {
  return fmt::format("jobs[{}].{}", &job - scenario.jobs.data(), key);
}

const char* pool_key(workload::ReplicaRole role) {
  return role == workload::ReplicaRole::both      ? "replicas"
         : role == workload::ReplicaRole::prefill ? "disaggregation.prefill"
                                                  : "disaggregation.decode";
}

/// Where the pool's kv_blocks are said: in an engine of its own, or in the job's.
std::string blocks_key(const ServiceFit& fit) {
  const auto& spec = std::get<scenario::InferenceSpec>(fit.job->what);
  const auto own = [&](const std::optional<scenario::EngineSpec>& engine) {
    return engine && engine->kv_blocks != spec.engine.kv_blocks;
  };
  using workload::ReplicaRole;
  const auto& split = spec.disaggregation;
  const bool apart = (fit.role == ReplicaRole::prefill && own(split->prefill_engine)) ||
                     (fit.role == ReplicaRole::decode && own(split->decode_engine));
  return apart ? fmt::format("{}.engine.kv_blocks", pool_key(fit.role)) : "engine.kv_blocks";
}

} // namespace

std::vector<JobFit> job_fits(const scenario::Scenario& scenario) {
  std::vector<JobFit> fits;
  for (const auto& job : scenario.jobs) {
    if (const auto* spec = std::get_if<scenario::PretrainingSpec>(&job.what)) {
      fits.push_back(fit_of(scenario, job, *spec));
    }
  }
  return fits;
}

std::vector<ServiceFit> service_fits(const scenario::Scenario& scenario, const scenario::JobSpec& job) {
  using workload::ReplicaRole;
  const auto& spec = std::get<scenario::InferenceSpec>(job.what);
  const scenario::ChipSpec* card = smallest_card(scenario, job);
  std::vector<std::pair<const scenario::ReplicasSpec*, ReplicaRole>> pools = {{&spec.replicas, ReplicaRole::both}};
  if (const auto& split = spec.disaggregation) {
    pools = {{&split->prefill, ReplicaRole::prefill}, {&split->decode, ReplicaRole::decode}};
  }
  std::vector<ServiceFit> fits;
  for (const auto& [replicas, role] : pools) {
    if (card != nullptr) {
      fits.push_back({&job, replicas, role, workload::serving_memory(spec, *replicas, *card, role),
                      workload::explain_serving_misfit(spec, *replicas, *card, role),
                      workload::explain_excess_blocks(spec, *replicas, *card, role)});
    }
  }
  return fits;
}

void require_fit(const scenario::Scenario& scenario, const LoadOptions& options) {
  scenario::Diagnostics found;
  check_platform(scenario, options, found);
  for (const auto& fit : job_fits(scenario)) {
    if (!fit.misfit.empty()) {
      found.add(misfit_at(scenario, options, path_of(scenario, *fit.job, "parallelism"), fit.misfit,
                          "a model that fits its cards"));
    }
  }
  for (const auto& job : scenario.jobs) {
    if (!std::holds_alternative<scenario::InferenceSpec>(job.what)) {
      continue;
    }
    std::string said;
    for (const auto& fit : service_fits(scenario, job)) {
      if (!fit.misfit.empty()) {
        found.add(misfit_at(scenario, options, path_of(scenario, job, pool_key(fit.role)), fit.misfit,
                            "room for at least one block of KV"));
      }
      if (!fit.excess.empty() && fit.excess != said) { // alike pools need it once
        found.add(misfit_at(scenario, options, path_of(scenario, job, blocks_key(fit).c_str()), fit.excess,
                            "blocks that fit beside the weights"));
        said = fit.excess;
      }
    }
  }
  if (!found.empty()) {
    std::string lines = found.to_string();
    lines.pop_back(); // what prints them ends the last
    throw InvalidInput(lines);
  }
}

} // namespace iccsim::cli
