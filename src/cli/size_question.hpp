// What `iccsim size` is asked: which service, which of its numbers may change, and what it promises.
#pragma once

#include "cli/load_scenario.hpp"

#include "iccsim/metrics/service_figures.hpp"

#include <string>
#include <utility>
#include <vector>

namespace iccsim::cli {

/// Equal replicas whose number is looked for.
struct SizePool {
  std::string label; ///< replicas, prefill, decode
  std::string key;   ///< its path in the scenario: jobs[0].replicas.count
  int cards = 1;     ///< of one replica
  int count = 1;     ///< in the file
};

/// Latencies of one configuration.
struct SizeLatencies {
  metrics::LatencyFigures ttft, tpot, e2e;
};

/// One latency: which, at which quantile.
struct SizeLatency {
  metrics::LatencyFigures SizeLatencies::*what = nullptr;
  double metrics::LatencyFigures::*quantile = nullptr;
  std::string label;               ///< TTFT p99
  std::string what_key, which_key; ///< in result.json: ttft_s, p99

  double of(const SizeLatencies& latencies) const { return latencies.*what.*quantile; }
};

struct SizePromise {
  SizeLatency latency;
  double within_s = 0;
};

struct SizeQuestion {
  std::string file;
  LoadOptions load; ///< as the user asked
  std::size_t index = 0;
  scenario::JobSpec job;
  std::string chip;
  std::vector<SizePool> pools;       ///< one, or prefill and decode
  std::vector<SizePromise> promises; ///< at least one
  std::vector<SizeLatency> shown;    ///< what is promised, and the medians
  int most_cards = 0;                ///< that the platform leaves to this job

  const scenario::InferenceSpec& spec() const { return std::get<scenario::InferenceSpec>(job.what); }
  std::vector<int> counts() const;
  int cards_of(const std::vector<int>& counts) const;
  /// `--set` values for so many replicas in each pool and the load times `factor`.
  std::vector<std::string> settings(const std::vector<int>& counts, double factor) const;
  /// `--set` values for the first `requests` requests, each alone with one replica of each pool.
  std::vector<std::string> lone_settings(double requests) const;
};

/// Throws InvalidInput where the scenario has no such question: no service, several and no name, no SLO, autoscaling.
SizeQuestion size_question(const std::string& file, const LoadOptions& load, const std::string& job_name);

} // namespace iccsim::cli
