#include "cli/size_trial.hpp"

#include "cli/child_run.hpp"
#include "cli/exit_status.hpp"
#include "cli/interrupt.hpp"
#include "cli/invalid_input.hpp"
#include "cli/size_load.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <stdexcept>

namespace iccsim::cli {
namespace {

using Json = nlohmann::json;

double number(const Json& tree, const char* key) {
  return tree.contains(key) && tree[key].is_number() ? tree[key].get<double>() : 0;
}

metrics::LatencyFigures latency(const Json& job, const char* what) {
  const Json tree = job.value(what, Json::object());
  const auto known = [&tree](const char* key) { // null: of no request
    return tree.contains(key) && tree[key].is_number() ? tree[key].get<double>()
                                                       : std::numeric_limits<double>::quiet_NaN();
  };
  return {known("mean"), known("p50"), known("p90"), known("p99")};
}

double in_system(const Json& timeline, double from, double to) {
  double sum = 0;
  double points = 0;
  for (auto i = static_cast<std::size_t>(from * static_cast<double>(timeline.size()));
       i < static_cast<std::size_t>(to * static_cast<double>(timeline.size())); ++i) {
    sum += number(timeline[i], "running") + number(timeline[i], "waiting");
    ++points;
  }
  return points > 0 ? sum / points : 0;
}

/// The last quarter against the one before; where the number of requests ends the run, the quarters before those, since
/// the last one sees the system run empty.
double growth_of(const Json& job, bool counted) {
  const Json timeline = job.value("timeline", Json::array());
  const double end = counted ? 0.75 : 1;
  const double before = in_system(timeline, end - 0.5, end - 0.25);
  return before > 0 ? in_system(timeline, end - 0.25, end) / before : 1;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

std::string counts_text(const SizeQuestion& question, const std::vector<int>& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += fmt::format("{}{} {}", i > 0 ? " + " : "", counts[i], question.pools[i].label);
  }
  return text;
}

void require_done(const ChildOutcome& child) {
  switch (child.exit_status) {
  case static_cast<int>(ExitStatus::done):
  case static_cast<int>(ExitStatus::missed): // expectations of the file are about its own size
    return;
  case static_cast<int>(ExitStatus::invalid_input):
    throw InvalidInput(trimmed(child.errors));
  case static_cast<int>(ExitStatus::interrupted):
    throw SizeInterrupted{};
  default:
    throw std::runtime_error("a simulation failed: " + trimmed(child.errors));
  }
}

} // namespace

SizeFigures size_figures(const std::string& result_json, const SizeQuestion& question) {
  const Json result = Json::parse(result_json, nullptr, false);
  if (!result.is_object() || !result.contains("jobs") || !result["jobs"].contains(question.job.name)) {
    throw std::runtime_error("a simulation left no result of job " + question.job.name);
  }
  const Json& job = result["jobs"][question.job.name];
  const Json requests = job.value("requests", Json::object());
  SizeFigures figures;
  figures.completed = number(requests, "completed");
  figures.failed = number(requests, "failed");
  figures.unfinished = number(requests, "unfinished");
  figures.meets_slo = !job.contains("meets_slo") || job["meets_slo"] != false;
  figures.failed_reason = requests.value("failed_reason", "");
  figures.latencies = {latency(job, "ttft_s"), latency(job, "tpot_s"), latency(job, "e2e_s")};
  figures.output_tokens_per_s = number(job, "output_tokens_per_s");
  figures.goodput_rps = number(job, "goodput_rps");
  figures.slo_attainment = number(job, "slo_attainment");
  figures.growth = growth_of(job, question.spec().requests.count > 0);
  return figures;
}

Verdict size_verdict(const SizeFigures& figures, const SizeQuestion& question) {
  Verdict verdict;
  if (figures.completed <= 0 || figures.failed > 0) {
    return verdict;
  }
  verdict.excess = 0;
  for (const auto& promise : question.promises) {
    verdict.excess = std::max(verdict.excess, promise.latency.of(figures.latencies) / promise.within_s);
  }
  verdict.meets = verdict.excess <= 1 && figures.meets_slo;
  if (verdict.excess <= 1 && !verdict.meets) {
    // Those that completed keep the promise, too many that did not have missed it: the fewer the closer.
    verdict.excess = 2 - figures.slo_attainment;
  }
  return verdict;
}

SizeTrial SizeTrials::run(const std::vector<int>& counts, double factor,
                          const std::vector<std::string>& settings) const {
  if (interrupted()) {
    throw SizeInterrupted{};
  }
  const ChildOutcome child = run_in_child(question_.file, settings, question_.load.seed);
  require_done(child);
  SizeTrial trial{counts, factor, size_figures(child.output, question_), {}};
  trial.verdict = size_verdict(trial.figures, question_);
  return trial;
}

SizeTrial SizeTrials::alone(double requests) {
  if (show_) {
    fmt::print(stderr, "size: {} requests, one after the other\n", requests);
  }
  return run(std::vector<int>(question_.pools.size(), 1), 0, question_.lone_settings(requests));
}

SizeTrial SizeTrials::at(const std::vector<int>& counts, double asked) {
  const double factor = whole_factor(question_.spec().requests, asked);
  const Point point{counts, factor};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const auto known = trials_.find(point); known != trials_.end()) {
      return known->second;
    }
    if (show_) {
      fmt::print(stderr, "size: {} at {}\n", counts_text(question_, counts),
                 load_text(question_.spec().requests, factor));
    }
  }
  SizeTrial trial = run(counts, factor, question_.settings(counts, factor));
  const std::lock_guard<std::mutex> lock(mutex_);
  return trials_.emplace(point, std::move(trial)).first->second;
}

std::vector<SizeTrial> SizeTrials::all() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<SizeTrial> trials;
  for (const auto& [point, trial] : trials_) {
    trials.push_back(trial);
  }
  return trials;
}

} // namespace iccsim::cli
