#include "iccsim/report/what_if.hpp"

#include "iccsim/report/units.hpp"
#include "report/resource_part.hpp"
#include "report/result_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace iccsim::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr double worth_a_word = 0.01; ///< share of card-seconds, or of the run, from which on a loss counts

constexpr const char* storage_waits[] = {"data_storage", "data_cpu", "data_h2d", "checkpoint", "weights", "kv_wait"};
constexpr const char* collective_waits[] = {"tp_comm", "cp_comm", "ep_comm", "pp_comm", "dp_comm", "kv_wait"};

/// A figure that says how well a job of a type goes.
struct JobFigure {
  const char* type;
  const char* path;
  const char* title;
  std::string (*show)(double);
  bool fallback = false; ///< told only where the job's figures before it do not move
};

std::string show_rate(double per_s) {
  return human_number(per_s) + "/s";
}

constexpr JobFigure job_figures[] = {
    {"pretraining", "mfu", "MFU", human_percent},
    {"training", "au", "accelerator utilization", human_percent},
    {"training", "samples_per_s", "samples/s", human_number, true}, // utilization knows nothing of checkpoints
    {"inference", "ttft_s.p99", "TTFT p99", human_seconds},
    {"inference", "goodput_rps", "goodput", show_rate},
};

/// The card-seconds of a job in some states are more than nothing.
template <std::size_t n> bool waits(const Json& job, const char* const (&states)[n]) {
  double total_s = 0, waited_s = 0;
  for (const auto& item : job.at("states_s").items()) {
    const bool counts = std::find(std::begin(states), std::end(states), item.key()) != std::end(states);
    total_s += item.value().get<double>();
    waited_s += counts ? item.value().get<double>() : 0;
  }
  return total_s > 0 && waited_s > worth_a_word * total_s;
}

/// A collective's benchmark does nothing but wait for its resource.
bool is_service_or_training(const Json& job) {
  return job.at("type") != "collective";
}

/// What a job gains, and how many others gain just that.
struct Change {
  std::string job;
  std::string text;
  int alike = 0;
};

std::vector<Change> changes_of(const WhatIf& answer) {
  std::vector<Change> changes;
  for (const auto& row : answer.jobs) {
    const auto figure = std::find_if(std::begin(job_figures), std::end(job_figures),
                                     [&](const JobFigure& candidate) { return row.figure == candidate.path; });
    if (figure == std::end(job_figures)) {
      continue;
    }
    const std::string text =
        fmt::format("{} {} -> {}", figure->title, figure->show(row.before), figure->show(row.after));
    const auto same =
        std::find_if(changes.begin(), changes.end(), [&](const Change& change) { return change.text == text; });
    if (same != changes.end()) {
      ++same->alike;
    } else {
      changes.push_back({row.job, text, 0});
    }
  }
  return changes;
}

std::optional<Bottleneck> bottleneck_of_tree(const Json& result) {
  bool for_storage = false, for_collectives = false;
  for (const Json& job : result.at("jobs")) {
    for_storage = for_storage || (is_service_or_training(job) && waits(job, storage_waits));
    for_collectives = for_collectives || (is_service_or_training(job) && waits(job, collective_waits));
  }
  for (const Json& resource : result.at("resources")) { // bottleneck first
    const ResourcePart part = part_of(resource.at("kind"));
    const double saturated_s = resource.at("saturated_s");
    const bool waited_for = (for_storage && part.for_storage) || (for_collectives && part.for_collectives);
    if (waited_for && saturated_s > worth_a_word * result.at("simulated_s").get<double>()) {
      return Bottleneck{part.kinds, part.title, resource.at("name"), saturated_s, part.scalable};
    }
  }
  return std::nullopt;
}

} // namespace

std::optional<Bottleneck> bottleneck_of(const metrics::Result& result) {
  return bottleneck_of_tree(result_tree(result));
}

WhatIf what_if(const metrics::Result& result, const Bottleneck& bottleneck, double factor,
               const std::string& faster_json) {
  const Json before = result_tree(result);
  const Json after = Json::parse(faster_json, nullptr, false);
  WhatIf answer;
  answer.bottleneck = bottleneck;
  answer.factor = factor;
  for (const auto& job : result.jobs) {
    bool moves = false;
    for (const JobFigure& figure : job_figures) {
      const std::string path = "jobs." + job.name + "." + figure.path;
      const auto from = figure_at(before, path), to = figure_at(after, path);
      if (job.type == figure.type && from && to && !(figure.fallback && moves)) {
        if (figure.fallback && !answer.jobs.empty() && answer.jobs.back().job == job.name) {
          answer.jobs.pop_back();
        }
        answer.jobs.push_back({job.name, figure.path, *from, *to});
        moves = moves || figure.show(*from) != figure.show(*to);
      }
    }
  }
  try {
    answer.next = bottleneck_of_tree(after);
  } catch (const Json::exception& error) {
    throw std::invalid_argument(std::string("the second run left no result: ") + error.what());
  }
  return answer;
}

std::string what_if_line(const WhatIf& answer) {
  if (!answer.not_tried.empty()) {
    return fmt::format("what if: {} binds ({}); {}", answer.bottleneck.title, answer.bottleneck.name, answer.not_tried);
  }
  std::string text = fmt::format("what if: {:g}x {}:", answer.factor, answer.bottleneck.title);
  const std::vector<Change> changes = changes_of(answer);
  for (const Change& change : changes) {
    text += fmt::format("{} {} {}", &change == changes.data() ? "" : ",", change.job, change.text);
    text += change.alike > 0 ? fmt::format(" (and {} alike)", change.alike) : "";
  }
  if (!answer.next) {
    return text + "; then nothing is saturated";
  }
  const bool same = answer.next->kinds == answer.bottleneck.kinds;
  return text + fmt::format("; then {}{} binds", answer.next->title, same ? " still" : "");
}

} // namespace iccsim::report
