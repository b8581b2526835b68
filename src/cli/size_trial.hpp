// One configuration of a service, simulated in a process of its own.
#pragma once

#include "cli/size_question.hpp"
#include "cli/size_search.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace iccsim::cli {

/// The user stopped a simulation: there is no answer.
struct SizeInterrupted {};

struct SizeFigures {
  double completed = 0, failed = 0, unfinished = 0;
  bool meets_slo = true; ///< requests that were not finished in time among them
  SizeLatencies latencies;
  double output_tokens_per_s = 0, goodput_rps = 0;
  double slo_attainment = 0; ///< share of the requests whose own latencies kept the promise
  double growth = 1;         ///< requests in the system late in the run over those a quarter of it earlier
  std::string failed_reason; ///< of the first request that failed
};

struct SizeTrial {
  std::vector<int> counts; ///< replicas of each pool
  double factor = 1;       ///< on the load
  SizeFigures figures;
  Verdict verdict;
};

/// Figures of a job in result.json; throws std::runtime_error where the text is none.
SizeFigures size_figures(const std::string& result_json, const SizeQuestion& question);
Verdict size_verdict(const SizeFigures& figures, const SizeQuestion& question);

/// Runs each configuration once. May be asked from several threads.
class SizeTrials {
public:
  SizeTrials(const SizeQuestion& question, bool show_progress) : question_(question), show_(show_progress) {}

  /// The load that comes nearest to `factor` times that of the file.
  /// Throws InvalidInput where the configuration cannot run (weights that do not fit, for one).
  SizeTrial at(const std::vector<int>& counts, double factor);
  /// The first `requests` requests, each alone with one replica of each pool.
  SizeTrial alone(double requests);
  /// All that were run, by counts and load.
  std::vector<SizeTrial> all() const;

private:
  SizeTrial run(const std::vector<int>& counts, double factor, const std::vector<std::string>& settings) const;

  using Point = std::pair<std::vector<int>, double>;

  const SizeQuestion& question_;
  bool show_;
  mutable std::mutex mutex_; ///< guards what follows
  std::map<Point, SizeTrial> trials_;
};

} // namespace iccsim::cli
