#include "cli/verify_rows.hpp"

#include "cli/child_run.hpp"
#include "cli/invalid_input.hpp"
#include "cli/load_scenario.hpp"

#include <filesystem>
#include <variant>

namespace iccsim::cli {
namespace {

using report::VerificationRow;

std::string chips_of(const scenario::PlatformSpec& platform) {
  std::string names;
  for (const auto& pool : platform.pools) {
    if (names.find(pool.node.chip.name) == std::string::npos) {
      names += (names.empty() ? "" : "+") + pool.node.chip.name;
    }
  }
  return names;
}

std::string software_of(const scenario::JobSpec& job) {
  return std::visit(
      [](const auto& what) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(what)>, scenario::TrainingSpec>) {
          return ""; // known by its compute time, whatever computes it
        } else {
          return what.software.name;
        }
      },
      job.what);
}

/// The stack of the job that the metric is about; of the first where it is about the cluster.
std::string software_of(const scenario::Scenario& scenario, const std::string& metric) {
  for (const auto& job : scenario.jobs) {
    if (metric.compare(0, job.name.size() + 6, "jobs." + job.name + ".") == 0) {
      return software_of(job);
    }
  }
  return scenario.jobs.empty() ? "" : software_of(scenario.jobs.front());
}

std::vector<VerificationRow> rows_of(const std::string& file, const scenario::Scenario& scenario) {
  std::vector<VerificationRow> rows;
  for (const auto& expectation : scenario.expect) {
    VerificationRow row;
    row.file = file;
    row.scenario = scenario.name;
    row.chip = chips_of(scenario.platform);
    row.software = software_of(scenario, expectation.metric);
    row.outcome.expectation = expectation;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

FileVerification failed_file(const std::string& file, const std::string& why) {
  VerificationRow row;
  row.file = file;
  row.scenario = std::filesystem::path(file).stem().string();
  row.outcome.expectation.source = "(not readable)";
  row.failure = first_line(why);
  return {{row}, ExitStatus::invalid_input};
}

ExitStatus status_of(int exit_status) {
  switch (exit_status) {
  case 0:
  case 1:
    return ExitStatus::done;
  case 2:
    return ExitStatus::invalid_input;
  case 130:
    return ExitStatus::interrupted;
  default:
    return ExitStatus::internal_error;
  }
}

FileVerification simulate(const std::string& file, const scenario::Scenario& scenario) {
  FileVerification verification{rows_of(file, scenario), ExitStatus::done};
  const ChildOutcome child = run_in_child(file);
  verification.status = status_of(child.exit_status);
  if (verification.status == ExitStatus::done) {
    report::take_outcomes(child.output, verification.rows);
    return verification;
  }
  for (auto& row : verification.rows) {
    row.failure = child.errors.empty() ? "interrupted" : first_line(child.errors);
  }
  return verification;
}

} // namespace

FileVerification verify_file(const std::string& file) {
  try {
    const auto scenario = load_scenario(file, {});
    if (scenario.expect.empty()) {
      return failed_file(file, "has no `expect`: nothing to verify");
    }
    return simulate(file, scenario);
  } catch (const InvalidInput& error) {
    return failed_file(file, error.what());
  }
}

} // namespace iccsim::cli
