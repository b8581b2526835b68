// Everything a run measured, as plain data: report turns it into a summary and result.json.
#pragma once

#include "iccsim/metrics/io_figures.hpp"
#include "iccsim/metrics/service_figures.hpp"
#include "iccsim/metrics/state.hpp"
#include "iccsim/scenario/precision.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace iccsim::metrics {

/// Broken invariant: a defect of iccsim, exit status 3.
struct InternalError : std::logic_error {
  using std::logic_error::logic_error;
};

enum class JobState { waiting, running, done };

struct MemoryFigures {
  double weights_bytes = 0, gradients_bytes = 0, optimizer_bytes = 0, activations_bytes = 0, workspace_bytes = 0;
  double total_bytes = 0, capacity_bytes = 0;
};

struct CollectiveRow {
  double bytes = 0;
  double time_s = 0;
  double algbw = 0; ///< bytes/s
  double busbw = 0; ///< bytes/s
  std::string algorithm;
};

struct StepFigures {
  double steps = 0;
  double step_mean_s = 0, step_p50_s = 0, step_p99_s = 0;
  double tokens_per_s = 0, tokens_per_s_per_card = 0;
  double tflops_per_card = 0, hardware_tflops_per_card = 0, mfu = 0, hfu = 0, ettr = 1;
  scenario::Evidence evidence = scenario::Evidence::datasheet_only;
  MemoryFigures memory;
};

/// By purpose.
struct JobIo {
  std::optional<IoFigures> dataset, checkpoint, weights;
  std::optional<KvIoFigures> kv; ///< of services with tiers below device memory, or that swap
};

struct JobResult {
  std::string name;
  std::string type; ///< pretraining, collective, training, inference
  JobState state = JobState::waiting;
  int cards = 0;
  double submit_s = 0, start_s = 0, end_s = 0, queue_s = 0;
  StateSeconds states; ///< card-seconds over the job's life
  std::optional<StepFigures> training;
  std::optional<double> au;            ///< type training: accelerator utilization as MLPerf Storage defines it
  std::optional<double> samples_per_s; ///< type training, all cards, the first step excluded as in `au`
  std::optional<ServiceFigures> service;
  JobIo io;
  std::vector<CollectiveRow> collectives;
  std::string plan; ///< one line: TP 8 x PP 16 x DP 80, 1F1B, ...
};

struct ResourceFigures {
  std::string name;
  std::string kind;
  double capacity = 0;
  double bytes = 0;
  double mean_utilization = 0, peak_utilization = 0, saturated_s = 0;
  double alike = 1; ///< resources with the same figures
};

struct Result {
  std::string version, scenario_name, scenario_title;
  std::uint64_t seed = 1;
  bool complete = true;
  double simulated_s = 0, wall_s = 0;
  double cards = 0;
  double utilization = 0, peak_utilization = 0;
  StateSeconds cluster_states;
  std::vector<JobResult> jobs;            ///< in scenario order
  std::vector<ResourceFigures> resources; ///< bottleneck first
};

} // namespace iccsim::metrics
