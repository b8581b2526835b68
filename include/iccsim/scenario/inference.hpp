// Inference services: replicas of a model behind a router, an engine in each, and the requests that come.
#pragma once

#include "iccsim/enum_table.hpp"
#include "iccsim/scenario/model.hpp"
#include "iccsim/scenario/precision.hpp"
#include "iccsim/scenario/software.hpp"

#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario {

enum class ArrivalProcess { poisson, gamma, constant, closed };
enum class LengthDistribution { constant, uniform, lognormal, empirical };
enum class TraceFormat { csv, azure, mooncake, burstgpt };
enum class Preemption { recompute, swap };
enum class Router { round_robin, least_loaded, prefix_aware };
enum class QueuePolicy { fcfs, priority };

/// Equal replicas. One replica holds tensor x data x pipeline cards.
struct ReplicasSpec {
  int count = 1;
  int tensor = 1; ///< cards that share each attention layer (and, without `expert`, each FFN)
  int pipeline = 1;
  int data = 1;   ///< attention data parallelism: groups of `tensor` cards with requests and KV of their own
  int expert = 1; ///< cards that share the routed experts; divides tensor x data
  /// Cards that cut each expert; 0: tensor x data / expert.
  int expert_tensor = 0;
  int redundant_experts = 0;     ///< copies of busy experts, over all EP ranks
  bool expert_balancing = false; ///< copies and places of experts follow the load (EPLB)
};

/// Draft tokens that the model verifies in one pass.
struct SpeculativeSpec {
  int tokens = 0;        ///< drafted at a time; 0: none
  double acceptance = 0; ///< probability that a draft token is accepted, given those before it
  std::string draft;     ///< `draft`: a model; empty: the model's own MTP module or heads
  double draft_cost = 0; ///< time of one draft token over one pass of the model, where no draft model is named
};

/// Where KV blocks go when they leave device memory and prefixes are kept.
struct KvOffloadSpec {
  double host_bytes = 0;    ///< `host`: host memory of one replica
  double nvme_bytes = 0;    ///< `nvme`: local drives of one replica
  std::string storage;      ///< `storage`: a remote store that all replicas share
  double storage_bytes = 0; ///< `storage_capacity`; 0: all prefixes fit
};

struct EngineSpec {
  int max_batch = 256;           ///< sequences in one iteration (of one attention data-parallel group)
  int max_batched_tokens = 8192; ///< tokens in one iteration, likewise
  bool chunked_prefill = true;   ///< prompts are cut to fit beside decodes; false: prompts alone, whole
  bool whole_prompts = false;    ///< a prompt enters an iteration beside decodes as a whole, or waits
  /// `round_passes`: a decode batch is left alone for so many passes; who waits joins between such rounds.
  int round_passes = 1;
  bool front_end = true; ///< `front_end`: requests come as text over HTTP; false: as tokens, within the process
  int gather = 1;        ///< `gather`: requests that the front end sends on together, to one replica
  double gather_s = 0;   ///< `gather_wait`: or fewer, when the first of them has waited so long
  int kv_block = 16;     ///< tokens of one KV block
  int kv_blocks = 0;     ///< blocks of one attention data-parallel group; 0: what memory leaves
  double memory_utilization = 0.9; ///< share of device memory that weights, activations and KV may fill
  bool prefix_cache = false;
  Preemption preemption = Preemption::recompute;
  QueuePolicy queue = QueuePolicy::fcfs;
  int max_context = 0; ///< tokens of one sequence; longer requests fail; 0: the model's own
  SpeculativeSpec speculative;
  KvOffloadSpec kv_offload;
};

/// Prefill and decode on replicas of their own.
struct DisaggregationSpec {
  ReplicasSpec prefill;
  ReplicasSpec decode;
  std::optional<EngineSpec> prefill_engine; ///< unset: the job's
  std::optional<EngineSpec> decode_engine;
};

/// One point of a rate curve.
struct RatePoint {
  double at_s = 0;
  double rate_per_s = 0;
};

struct ArrivalSpec {
  ArrivalProcess process = ArrivalProcess::poisson;
  double rate_per_s = 0;        ///< `rate`
  double cv = 1;                ///< gamma: coefficient of variation of the gaps
  int concurrency = 0;          ///< closed: clients that each send the next request when the last has ended
  double think_s = 0;           ///< `think`: closed: mean pause of a client, exponential
  std::vector<RatePoint> curve; ///< `curve`: rate over time, straight between the points
  double period_s = 0;          ///< `period`: the curve repeats; 0: its last rate holds
  double ramp_s = 0;            ///< `ramp`: closed: clients start evenly over this time
};

struct LengthsSpec {
  LengthDistribution distribution = LengthDistribution::constant;
  double mean = 0;
  double cv = 0;    ///< lognormal
  double low = 0;   ///< `min`: uniform's bounds; lognormal is cut there
  double high = 0;  ///< `max`
  std::string file; ///< empirical: one number a line, drawn with replacement; relative to the scenario
};

/// Conversations: each turn's prompt holds what was said before.
struct TurnsSpec {
  LengthsSpec count;  ///< turns of a conversation; mean 0: single requests
  double think_s = 0; ///< `think`: mean pause before the next turn, exponential
};

/// Beginnings that requests share: system prompts, documents.
struct SharedPrefixSpec {
  double tokens = 0;
  int groups = 1;  ///< that many different ones, picked with Zipf's law
  double skew = 0; ///< Zipf exponent; 0: all alike
};

/// One class of requests of several priorities.
struct PrioritySpec {
  int priority = 0; ///< higher goes first
  double share = 0; ///< of the requests
};

struct RequestsSpec {
  ArrivalSpec arrival;
  LengthsSpec prompt;
  LengthsSpec output;
  TurnsSpec turns;
  SharedPrefixSpec shared_prefix;
  std::vector<PrioritySpec> priorities;
  double count = 0;  ///< requests; 0: until the scenario's horizon
  std::string trace; ///< `trace`: a file instead of the processes above; relative to the scenario
  TraceFormat format = TraceFormat::csv;
  double time_scale = 1;  ///< `time_scale`: the trace's times are multiplied by this
  int repeat = 1;         ///< `repeat`: the trace is played this many times, one after the other
  int block_tokens = 512; ///< `block_tokens`: tokens behind one hash of a mooncake trace
};

/// Latency promises; unset ones are not asked for. A request meets the SLO when its own TTFT and TPOT do.
struct SloSpec {
  std::optional<double> ttft_p50_s, ttft_p90_s, ttft_p99_s;
  std::optional<double> tpot_p50_s, tpot_p90_s, tpot_p99_s;
  std::optional<double> e2e_p99_s;
};

/// As Kubernetes' horizontal autoscaler: desired = ceil(load of all replicas / target), the most of what several
/// targets ask for, within limits. Replicas that are on their way count.
struct AutoscaleSpec {
  int min = 1; ///< replicas
  int max = 1;
  double target_queue = 0;         ///< `target_queue`: requests waiting, a replica; 0: not looked at
  double target_requests = 0;      ///< `target_requests`: requests waiting or in batches, a replica; 0: not looked at
  double target_kv = 0;            ///< `target_kv`: share of KV memory in use; 0: not looked at
  double tolerance = 0.1;          ///< `tolerance`: a load so near to the target changes nothing
  double interval_s = 15;          ///< `interval`: between looks
  double scale_up_after_s = 0;     ///< `scale_up_after`: what has been asked for so long starts
  double scale_down_after_s = 300; ///< `scale_down_after`: what nothing has asked for so long ends
  double start_s = 0;              ///< `start`: process start and warm-up beside the loading of weights
};

/// type: inference
struct InferenceSpec {
  ModelSpec model;
  ReplicasSpec replicas;
  std::optional<DisaggregationSpec> disaggregation;
  Precision precision = Precision::bf16;     ///< of the matrix products (activations)
  std::optional<Precision> weight_precision; ///< as stored; unset: `precision`
  std::optional<Precision> expert_precision; ///< of routed experts; unset: weight_precision
  /// Projections of attention, where quantization leaves them out; unset: weight_precision.
  std::optional<Precision> attention_precision;
  std::optional<Precision> attention_output_precision; ///< the last of them; unset: attention_precision
  std::optional<Precision> kv_precision;               ///< unset: 16 bits
  SoftwareSpec software;
  EngineSpec engine;
  RequestsSpec requests;
  SloSpec slo;
  Router router = Router::least_loaded;
  std::optional<AutoscaleSpec> autoscale;
  std::string weights; ///< `weights`: the storage that replicas load from; empty: they are in memory at the start
};

} // namespace iccsim::scenario

namespace iccsim {
template <> struct EnumTable<scenario::ArrivalProcess> {
  using K = scenario::ArrivalProcess;
  static constexpr EnumRow<K> rows[] = {
      {K::poisson, "poisson", "exponential gaps"},
      {K::gamma, "gamma", "gamma gaps: cv above 1 is bursty"},
      {K::constant, "constant", "equal gaps"},
      {K::closed, "closed", "clients that wait for their answer before they ask again"},
  };
};
template <> struct EnumTable<scenario::LengthDistribution> {
  using K = scenario::LengthDistribution;
  static constexpr EnumRow<K> rows[] = {
      {K::constant, "constant", "the mean, always"},
      {K::uniform, "uniform", "whole numbers from min to max"},
      {K::lognormal, "lognormal", "by mean and coefficient of variation"},
      {K::empirical, "empirical", "drawn from a file of numbers"},
  };
};
template <> struct EnumTable<scenario::TraceFormat> {
  using K = scenario::TraceFormat;
  static constexpr EnumRow<K> rows[] = {
      {K::csv, "csv", "arrival_s,prompt_tokens,output_tokens and optional columns"},
      {K::azure, "azure", "Azure LLM inference traces of 2023 and 2024"},
      {K::mooncake, "mooncake", "JSON lines with block hashes (Mooncake, FAST'25)"},
      {K::burstgpt, "burstgpt", "BurstGPT's CSV"},
  };
};
template <> struct EnumTable<scenario::Preemption> {
  using K = scenario::Preemption;
  static constexpr EnumRow<K> rows[] = {
      {K::recompute, "recompute", "KV is dropped and computed again"},
      {K::swap, "swap", "KV goes to host memory and comes back"},
  };
};
template <> struct EnumTable<scenario::Router> {
  using K = scenario::Router;
  static constexpr EnumRow<K> rows[] = {
      {K::round_robin, "round_robin", "one after another"},
      {K::least_loaded, "least_loaded", "the replica with the fewest tokens to do"},
      {K::prefix_aware, "prefix_aware", "the replica that holds most of the prompt's KV, unless it is overloaded"},
  };
};
template <> struct EnumTable<scenario::QueuePolicy> {
  using K = scenario::QueuePolicy;
  static constexpr EnumRow<K> rows[] = {
      {K::fcfs, "fcfs", "first come first served"},
      {K::priority, "priority", "higher priority first, then first come"},
  };
};
} // namespace iccsim
