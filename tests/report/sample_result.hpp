// A result with round figures, for tests of what users read.
#pragma once

#include "iccsim/metrics/result.hpp"

namespace iccsim::report::test {

/// 1,024 cards; a training job on all of them whose shares are 40% compute, 30% kernel, 20% tp_comm, 10% bubble.
inline metrics::Result sample_result() {
  using metrics::State;
  metrics::Result result;
  result.version = "0.1.0";
  result.scenario_name = "sample";
  result.scenario_title = "GPT on 1,024 cards";
  result.simulated_s = 100;
  result.wall_s = 0.25;
  result.cards = 1024;
  result.utilization = 0.9;
  result.peak_utilization = 1;

  metrics::JobResult job;
  job.name = "pretrain";
  job.type = "pretraining";
  job.state = metrics::JobState::done;
  job.cards = 1024;
  job.end_s = 100;
  job.plan = "TP 8 x PP 8 x DP 16, 1f1b";
  job.states[State::compute] = 40960;
  job.states[State::kernel] = 30720;
  job.states[State::tp_comm] = 20480;
  job.states[State::bubble] = 10240;

  metrics::StepFigures f;
  f.steps = 10;
  f.step_mean_s = f.step_p50_s = 10;
  f.step_p99_s = 10.5;
  f.tokens_per_s = 262144;
  f.tokens_per_s_per_card = 256;
  f.tflops_per_card = 124.8;
  f.hardware_tflops_per_card = 156;
  f.mfu = 0.4;
  f.hfu = 0.5;
  f.evidence = scenario::Evidence::measured_kernels;
  f.memory = {10e9, 20e9, 15e9, 12.5e9, 2.5e9, 60e9, 80e9};
  job.training = f;
  result.jobs.push_back(job);
  result.cluster_states = job.states;
  result.resources.push_back({"gpu-0/nic0/out", "nic_out", 23e9, 4.6e11, 0.2, 0.95, 12, 1024});
  return result;
}

inline metrics::JobResult sample_collective() {
  metrics::JobResult job;
  job.name = "ar";
  job.type = "collective";
  job.state = metrics::JobState::done;
  job.cards = 16;
  job.end_s = 0.1;
  job.states[metrics::State::dp_comm] = 1.6;
  job.collectives = {{1 << 20, 1e-4, 1.048576e10, 1.966e10, "tree"},
                     {1 << 30, 0.01, 1.073741824e11, 2.0133e11, "ring"}};
  return job;
}

} // namespace iccsim::report::test
