#include "cli/size_question.hpp"

#include "cli/invalid_input.hpp"
#include "cli/size_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace iccsim::cli {
namespace {

using scenario::InferenceSpec;
using scenario::ReplicasSpec;
using scenario::Scenario;

int cards_of_one(const ReplicasSpec& replicas) {
  return replicas.tensor * replicas.data * replicas.pipeline;
}

std::vector<std::size_t> services_of(const Scenario& scenario) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < scenario.jobs.size(); ++i) {
    if (std::holds_alternative<InferenceSpec>(scenario.jobs[i].what)) {
      found.push_back(i);
    }
  }
  return found;
}

std::string names_of(const Scenario& scenario, const std::vector<std::size_t>& services) {
  std::vector<std::string> names;
  names.reserve(services.size());
  for (const std::size_t index : services) {
    names.push_back(scenario.jobs[index].name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::size_t pick_service(const Scenario& scenario, const LoadOptions& load, const std::string& name) {
  const auto services = services_of(scenario);
  if (services.empty()) {
    throw invalid_at(scenario.file, load, "jobs", "no job of type inference: nothing to size", "a service");
  }
  if (name.empty() && services.size() > 1) {
    throw invalid_at(scenario.file, load, "jobs",
                     fmt::format("{} services ({})", services.size(), names_of(scenario, services)),
                     "the one to size: --job NAME");
  }
  for (const std::size_t index : services) {
    if (name.empty() || scenario.jobs[index].name == name) {
      return index;
    }
  }
  throw invalid_at(scenario.file, load, "jobs", fmt::format("--job {}: no service of that name", name),
                   names_of(scenario, services));
}

struct LatencyRow {
  SizeLatency latency;
  std::optional<double> scenario::SloSpec::*promise;
};

const std::vector<LatencyRow>& latency_rows() {
  using F = metrics::LatencyFigures;
  using L = SizeLatencies;
  using S = scenario::SloSpec;
  static const std::vector<LatencyRow> rows = {
      {{&L::ttft, &F::p50_s, "TTFT p50", "ttft_s", "p50"}, &S::ttft_p50_s},
      {{&L::ttft, &F::p90_s, "TTFT p90", "ttft_s", "p90"}, &S::ttft_p90_s},
      {{&L::ttft, &F::p99_s, "TTFT p99", "ttft_s", "p99"}, &S::ttft_p99_s},
      {{&L::tpot, &F::p50_s, "TPOT p50", "tpot_s", "p50"}, &S::tpot_p50_s},
      {{&L::tpot, &F::p90_s, "TPOT p90", "tpot_s", "p90"}, &S::tpot_p90_s},
      {{&L::tpot, &F::p99_s, "TPOT p99", "tpot_s", "p99"}, &S::tpot_p99_s},
      {{&L::e2e, &F::p99_s, "E2E p99", "e2e_s", "p99"}, &S::e2e_p99_s},
  };
  return rows;
}

/// What the service promises; medians of the first and the later tokens are shown beside that.
void take_promises(const scenario::SloSpec& slo, SizeQuestion& question) {
  for (const auto& row : latency_rows()) {
    const auto& within_s = slo.*row.promise;
    if (within_s) {
      question.promises.push_back({row.latency, *within_s});
    }
    if (within_s || row.promise == &scenario::SloSpec::ttft_p50_s || row.promise == &scenario::SloSpec::tpot_p50_s) {
      question.shown.push_back(row.latency);
    }
  }
}

/// A pool of a disaggregated service is a bare count or a mapping with one.
std::string pool_key(const SizeQuestion& question, const std::string& pool, int count) {
  std::string key = fmt::format("jobs[{}].disaggregation.{}", question.index, pool);
  LoadOptions with_count = question.load;
  with_count.settings.push_back(fmt::format("{}.count={}", key, count));
  try {
    load_scenario(question.file, with_count);
    return key + ".count";
  } catch (const InvalidInput&) {
    return key;
  }
}

std::vector<SizePool> pools_of(const SizeQuestion& question) {
  const InferenceSpec& spec = question.spec();
  if (!spec.disaggregation) {
    return {{"replicas", fmt::format("jobs[{}].replicas.count", question.index), cards_of_one(spec.replicas),
             spec.replicas.count}};
  }
  const ReplicasSpec& prefill = spec.disaggregation->prefill;
  const ReplicasSpec& decode = spec.disaggregation->decode;
  return {{"prefill", pool_key(question, "prefill", prefill.count), cards_of_one(prefill), prefill.count},
          {"decode", pool_key(question, "decode", decode.count), cards_of_one(decode), decode.count}};
}

bool may_use(const scenario::JobSpec& job, const std::string& pool) {
  return job.pools.empty() || std::find(job.pools.begin(), job.pools.end(), pool) != job.pools.end();
}

/// Cards of the pools that the job may use, less what jobs beside it hold.
int cards_left(const Scenario& scenario, std::size_t index) {
  double cards = 0;
  for (const auto& pool : scenario.platform.pools) {
    cards += may_use(scenario.jobs[index], pool.name) ? 1.0 * pool.count * pool.node.cards : 0;
  }
  for (std::size_t other = 0; other < scenario.jobs.size(); ++other) {
    const auto& job = scenario.jobs[other];
    const bool beside =
        other != index &&
        std::any_of(scenario.platform.pools.begin(), scenario.platform.pools.end(), [&](const auto& pool) {
          return may_use(job, pool.name) && may_use(scenario.jobs[index], pool.name);
        });
    cards -= beside ? job.cards : 0;
  }
  return static_cast<int>(std::clamp(cards, 0.0, 1e8));
}

std::string chip_of(const Scenario& scenario, const scenario::JobSpec& job) {
  const auto& pools = scenario.platform.pools;
  const auto pool =
      std::find_if(pools.begin(), pools.end(), [&job](const auto& one) { return may_use(job, one.name); });
  return pool == pools.end() ? "" : pool->node.chip.name;
}

} // namespace

std::vector<int> SizeQuestion::counts() const {
  std::vector<int> counts;
  for (const auto& pool : pools) {
    counts.push_back(pool.count);
  }
  return counts;
}

int SizeQuestion::cards_of(const std::vector<int>& counts) const {
  int cards = 0;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    cards += pools[i].cards * counts[i];
  }
  return cards;
}

std::vector<std::string> SizeQuestion::settings(const std::vector<int>& counts, double factor) const {
  std::vector<std::string> settings = load.settings;
  int replicas = 0;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    settings.push_back(fmt::format("{}={}", pools[i].key, counts[i]));
    replicas += counts[i];
  }
  if (pools.size() > 1) {
    settings.push_back(fmt::format("jobs[{}].replicas.count={}", index, replicas));
  }
  settings.push_back(fmt::format("jobs[{}].cards={}", index, cards_of(counts)));
  if (factor != 1) {
    settings.push_back(load_setting(spec().requests, index, factor));
  }
  return settings;
}

std::vector<std::string> SizeQuestion::lone_settings(double requests) const {
  std::vector<std::string> all = settings(std::vector<int>(pools.size(), 1), 1);
  for (std::string& setting : cli::lone_settings(spec().requests, index, requests)) {
    all.push_back(std::move(setting));
  }
  return all;
}

SizeQuestion size_question(const std::string& file, const LoadOptions& load, const std::string& job_name) {
  const Scenario scenario = load_scenario(file, load);
  SizeQuestion question;
  question.file = file;
  question.load = load;
  question.index = pick_service(scenario, load, job_name);
  question.job = scenario.jobs[question.index];
  question.chip = chip_of(scenario, question.job);
  take_promises(question.spec().slo, question);
  question.most_cards = cards_left(scenario, question.index);
  const auto key = [&](const char* name) { return fmt::format("jobs[{}].{}", question.index, name); };
  if (question.promises.empty()) {
    throw invalid_at(file, load, key("slo"),
                     question.job.name + " has no slo: nothing says how many replicas are enough",
                     "promises such as slo: { ttft_p99: 2 s, tpot_p99: 50 ms }");
  }
  if (question.spec().autoscale) {
    throw invalid_at(file, load, key("autoscale"), question.job.name + " sizes itself while it runs",
                     "a fixed number of replicas", "take autoscale out to ask for one");
  }
  question.pools = pools_of(question);
  return question;
}

} // namespace iccsim::cli
