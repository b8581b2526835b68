#include "cli/load_scenario.hpp"

#include "cli/invalid_input.hpp"
#include "cli/library.hpp"

#include "iccsim/scenario/locate.hpp"
#include "iccsim/workload/request_source.hpp"

#include <utility>

namespace iccsim::cli {
namespace {

std::vector<scenario::Override> overrides_of(const LoadOptions& options) {
  std::vector<scenario::Override> overrides;
  for (const auto& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw InvalidInput("--set " + setting + ": expected path=value, such as jobs.pretrain.batch.micro=2");
    }
    overrides.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  if (options.seed) {
    overrides.emplace_back("seed", std::to_string(*options.seed));
  }
  return overrides;
}

/// Messages go on lines of their own; what prints them ends the last.
std::string without_last_newline(std::string text) {
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

/// The traces and files of lengths that services name, from end to end: nothing is simulated with a bad row.
void check_request_files(const scenario::Scenario& scenario, scenario::Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < scenario.jobs.size(); ++i) {
    if (const auto* service = std::get_if<scenario::InferenceSpec>(&scenario.jobs[i].what)) {
      workload::SourceOptions options;
      options.directory = std::filesystem::path(scenario.file).parent_path();
      options.path = "jobs[" + std::to_string(i) + "].requests";
      workload::check_requests(service->requests, options, diagnostics);
    }
  }
}

} // namespace

scenario::Diagnostic mistake_at(const std::string& file, const LoadOptions& options, const std::string& path,
                                std::string message, std::string expected, std::string hint) {
  return {scenario::locate(file, library(), overrides_of(options), path), path, std::move(message), std::move(expected),
          std::move(hint)};
}

InvalidInput invalid_at(const std::string& file, const LoadOptions& options, const std::string& path,
                        std::string message, std::string expected, std::string hint) {
  return InvalidInput(
      to_string(mistake_at(file, options, path, std::move(message), std::move(expected), std::move(hint))));
}

scenario::Scenario load_scenario(const std::string& file, const LoadOptions& options) {
  const auto overrides = overrides_of(options);
  scenario::Diagnostics diagnostics;
  auto scenario = scenario::read_scenario(file, library(), overrides, diagnostics);
  if (scenario && diagnostics.empty()) {
    check_request_files(*scenario, diagnostics);
  }
  if (!scenario || !diagnostics.empty()) {
    throw InvalidInput(without_last_newline(diagnostics.to_string()));
  }
  return std::move(*scenario);
}

} // namespace iccsim::cli
