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

/// Device memory of the smallest card that the job may be given.
double card_memory_bytes(const scenario::Scenario& scenario, const scenario::JobSpec& job) {
  double smallest = std::numeric_limits<double>::infinity();
  for (const auto& pool : scenario.platform.pools) {
    const bool allowed =
        job.pools.empty() || std::find(job.pools.begin(), job.pools.end(), pool.name) != job.pools.end();
    if (allowed) {
      smallest = std::min(smallest, pool.node.chip.memory_bytes);
    }
  }
  return smallest;
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

void require_fit(const scenario::Scenario& scenario) {
  std::string problems = platform_problem(scenario);
  for (const auto& fit : job_fits(scenario)) {
    if (!fit.misfit.empty()) {
      problems += (problems.empty() ? "" : "\n") + scenario.file + ": jobs." + fit.job->name + ": " + fit.misfit;
    }
  }
  if (!problems.empty()) {
    throw InvalidInput(problems);
  }
}

} // namespace iccsim::cli
