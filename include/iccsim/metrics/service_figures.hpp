// What an inference service delivered.
#pragma once

#include "iccsim/scenario/precision.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::metrics {

/// Of a latency over completed requests, seconds.
struct LatencyFigures {
  double mean_s = 0, p50_s = 0, p90_s = 0, p99_s = 0;
};

/// One point of the queue over time; all replicas together.
struct ServicePoint {
  double at_s = 0;
  double running = 0;  ///< requests in batches
  double waiting = 0;  ///< requests queued
  double kv_share = 0; ///< of KV memory
  double prompt_tokens_per_s = 0, output_tokens_per_s = 0;
  int replicas = 0;
};

/// Requests of one priority.
struct PriorityFigures {
  int priority = 0;
  double requests_completed = 0, requests_failed = 0, requests_unfinished = 0;
  LatencyFigures ttft, tpot, itl, e2e;
  double prompt_tokens_per_s = 0, output_tokens_per_s = 0;
  double goodput_rps = 0;
  double slo_attainment = 1;
};

/// What fills the device memory of a card, in bytes.
struct ServingMemoryFigures {
  std::string pool; ///< "prefill" or "decode"; empty where replicas do both
  double weights_bytes = 0, kv_bytes = 0, activations_bytes = 0;
  double reserved_bytes = 0; ///< the engine's own
  double capacity_bytes = 0;
  double total_bytes() const { return weights_bytes + kv_bytes + activations_bytes + reserved_bytes; }
};

/// Rows of a trace that are no request: those without a token of an answer failed where they were traced.
struct TraceFigures {
  double rows = 0;
  double left_out = 0;
  int first_left_out_line = 0; ///< 0: none was left out
};

struct ServiceFigures {
  double requests_completed = 0, requests_failed = 0, requests_unfinished = 0;
  /// `ttft`: to the first token that a client sees; with prefill and decode apart, when decode has the KV and begins.
  LatencyFigures ttft, tpot, itl, e2e;
  LatencyFigures queue;     ///< from arrival to the batch that begins the prompt
  LatencyFigures hand_over; ///< from the end of the prompt to the decode batch; zero where one replica does both
  double prompt_tokens = 0, output_tokens = 0; ///< of completed work
  double prompt_tokens_per_s = 0, output_tokens_per_s = 0;
  double prompt_tokens_per_s_per_card = 0, prompt_tokens_per_s_per_node = 0;
  double output_tokens_per_s_per_card = 0, output_tokens_per_s_per_node = 0;
  double goodput_rps = 0; ///< requests per second that met the SLO
  double slo_attainment = 1;
  bool meets_slo = true;
  double mean_batch = 0, peak_batch = 0;
  double mean_kv_share = 0, peak_kv_share = 0;
  double kv_blocks = 0;        ///< of one attention data-parallel group
  double prefix_hit_share = 0; ///< prompt tokens found in a cache
  double preemptions = 0, iterations = 0;
  double kv_transferred_bytes = 0; ///< from prefill to decode replicas
  double hand_over_stall_s = 0;    ///< mean over the job's cards: seconds with nothing to do until that KV had moved
  double mean_replicas = 0, peak_replicas = 0;     ///< that take requests
  double replicas_started = 0, replicas_ended = 0; ///< by autoscaling
  double mean_in_system = 0;                       ///< requests, time average: Little's law is asserted against it
  scenario::Evidence evidence = scenario::Evidence::datasheet_only;
  std::string failed_reason;               ///< of the first failed request
  std::vector<PriorityFigures> priorities; ///< the highest first; empty where all requests have the same
  std::vector<ServicePoint> timeline;
  std::vector<ServingMemoryFigures> memory; ///< of the fullest card, by pool
  std::optional<TraceFigures> trace;        ///< where requests come from one
};

} // namespace iccsim::metrics
