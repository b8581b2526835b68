#include "cli/fit.hpp"

#include "cli/invalid_input.hpp"

#include "iccsim/engine/faults.hpp"
#include "iccsim/platform/cluster.hpp"
#include "iccsim/workload/memory.hpp"
#include "iccsim/workload/plan.hpp"

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

std::string without_last_newline(std::string text) {
  if (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

/// Why the platform cannot be built, or which faults name links that it lacks, or "".
std::string platform_problem(const scenario::Scenario& scenario) {
  try {
    const platform::Cluster cluster(scenario.platform);
    scenario::Diagnostics diagnostics;
    engine::capacity_changes(scenario, cluster, diagnostics);
    return without_last_newline(diagnostics.to_string());
  } catch (const std::invalid_argument& error) {
    return scenario.file + ": platform: " + error.what();
  }
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
                      workload::explain_serving_misfit(spec, *replicas, *card, role)});
    }
  }
  return fits;
}

void require_fit(const scenario::Scenario& scenario) {
  std::string problems = platform_problem(scenario);
  const auto report = [&](const scenario::JobSpec& job, const std::string& misfit) {
    if (!misfit.empty()) {
      problems += (problems.empty() ? "" : "\n") + scenario.file + ": jobs." + job.name + ": " + misfit;
    }
  };
  for (const auto& fit : job_fits(scenario)) {
    report(*fit.job, fit.misfit);
  }
  for (const auto& job : scenario.jobs) {
    if (std::holds_alternative<scenario::InferenceSpec>(job.what)) {
      for (const auto& fit : service_fits(scenario, job)) {
        report(job, fit.misfit);
      }
    }
  }
  if (!problems.empty()) {
    throw InvalidInput(problems);
  }
}

} // namespace iccsim::cli
