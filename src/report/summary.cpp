#include "iccsim/report/report.hpp"
#include "iccsim/report/text_table.hpp"
#include "iccsim/report/units.hpp"
#include "report/breakdown.hpp"
#include "report/labelled_lines.hpp"
#include "report/summary_job.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace iccsim::report {
namespace {

constexpr std::size_t resources_shown = 6;

std::string headline(const metrics::Result& result) {
  std::string text = result.scenario_name;
  if (!result.scenario_title.empty()) {
    text += ": " + result.scenario_title;
  }
  if (!result.complete) {
    text += "\nINTERRUPTED: the figures cover what was simulated until then";
  }
  return text + fmt::format("\n{}, utilization {} (peak {}); {} simulated in {} by iccsim {}, seed {}\n",
                            counted(result.cards, "card"), human_percent(result.utilization),
                            human_percent(result.peak_utilization), human_seconds(result.simulated_s),
                            human_seconds(result.wall_s), result.version, result.seed);
}

/// Jobs add up to the cluster, so one that fills it says everything already.
bool cluster_breakdown_adds(const metrics::Result& result) {
  return result.jobs.size() != 1 || result.cluster_states[metrics::State::free] > 0 ||
         result.cluster_states[metrics::State::down] > 0;
}

std::string alike_text(const metrics::ResourceFigures& resource) {
  return resource.alike > 1 ? "and " + human_count(resource.alike - 1) + " alike" : "";
}

/// The busiest of each kind, bottleneck first: more of one kind would say the same again.
std::vector<metrics::ResourceFigures> busiest_by_kind(const std::vector<metrics::ResourceFigures>& resources) {
  std::vector<metrics::ResourceFigures> busiest;
  for (const auto& resource : resources) {
    const auto same_kind = [&](const metrics::ResourceFigures& other) { return other.kind == resource.kind; };
    if (busiest.size() < resources_shown && std::none_of(busiest.begin(), busiest.end(), same_kind)) {
      busiest.push_back(resource);
    }
  }
  return busiest;
}

/// Cores and files a second are no bytes.
std::string capacity_text(const metrics::ResourceFigures& resource) {
  if (resource.kind == "cpu") {
    return human_number(resource.capacity) + " cores";
  }
  return resource.kind == "storage_metadata" ? human_quantity(resource.capacity) + " files/s"
                                             : human_bytes_per_s(resource.capacity);
}

std::string resources_paragraph(const std::vector<metrics::ResourceFigures>& resources) {
  TextTable table({{Align::left, 28}, {}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {}});
  table.add({"busiest resources", "kind", "capacity", "mean", "peak", "saturated", ""});
  for (const auto& resource : busiest_by_kind(resources)) {
    table.add({resource.name, resource.kind, capacity_text(resource), human_percent(resource.mean_utilization),
               human_percent(resource.peak_utilization), human_seconds(resource.saturated_s), alike_text(resource)});
  }
  return resources.empty() ? "" : "\n" + table.to_string(0);
}

std::string verdict(const ExpectationOutcome& outcome) {
  if (!outcome.found) {
    return "no such figure";
  }
  return outcome.pass ? "ok" : "MISS";
}

std::string expectations_paragraph(const std::vector<ExpectationOutcome>& outcomes) {
  TextTable table({{Align::left, 44}, {Align::right}, {Align::right}, {Align::right}, {Align::right}, {}});
  table.add({"expected", "reported", "simulated", "error", "tolerance", ""});
  for (const auto& outcome : outcomes) {
    table.add({outcome.expectation.metric, human_number(outcome.expectation.value),
               outcome.found ? human_number(outcome.simulated) : "",
               outcome.found ? human_signed_percent(outcome.error) : "", human_percent(outcome.expectation.tolerance),
               verdict(outcome)});
  }
  return outcomes.empty() ? "" : "\n" + table.to_string(0);
}

std::string scale_line(const std::map<std::string, double>& scale) {
  std::string text;
  for (const auto& [kind, factor] : scale) {
    text += fmt::format("{}{} x {:g}", text.empty() ? "resources scaled: " : ", ", kind, factor);
  }
  return text.empty() ? "" : text + "\n";
}

/// What the scenario promises of a job; null when it promises nothing.
const scenario::SloSpec* slo_of(const metrics::JobResult& job, const scenario::Scenario* scenario) {
  if (scenario != nullptr) {
    for (const auto& spec : scenario->jobs) {
      const auto* service = std::get_if<scenario::InferenceSpec>(&spec.what);
      if (service != nullptr && spec.name == job.name) {
        return &service->slo;
      }
    }
  }
  return nullptr;
}

std::string what_if_paragraph(const std::optional<WhatIf>& what_if) {
  if (!what_if) {
    return "";
  }
  std::string text = "\n";
  for (const auto& piece : wrap(what_if_line(*what_if), page_width - 2)) {
    text += (text == "\n" ? "" : "  ") + piece + "\n";
  }
  return text;
}

} // namespace

std::string summary(const metrics::Result& result, const std::vector<ExpectationOutcome>& outcomes,
                    const Notes& notes) {
  std::string text = headline(result) + scale_line(notes.resource_scale);
  for (const auto& job : result.jobs) {
    text += "\n" + job_paragraph(job, slo_of(job, notes.scenario));
  }
  if (cluster_breakdown_adds(result)) {
    text += "\ncluster: " + human_count(result.cards) + " cards\n" + breakdown(result.cluster_states, 2);
  }
  return text + resources_paragraph(result.resources) + expectations_paragraph(outcomes) +
         what_if_paragraph(notes.what_if);
}

} // namespace iccsim::report
