#include "iccsim/workload/serving_cost.hpp"

#include "layer_clock.hpp"
#include "memory_share.hpp"
#include "pool_engine.hpp"
#include "replica_links.hpp"

#include "iccsim/workload/serving_memory.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace iccsim::workload {

namespace {

using scenario::InferenceSpec;

/// Stages work at the same time on as many parts of a batch as there are sequences or prompt pieces for.
double parts_of(const IterationLoad& load, double pipeline) {
  // A prompt's chunks follow one another through the stages; pieces below some hundred tokens would gain nothing.
  const double pieces = load.decode_sequences + std::ceil(load.prompt_tokens / 256);
  return std::min(pipeline, std::max(1.0, pieces));
}

IterationLoad divided(const IterationLoad& load, double parts) {
  IterationLoad part = load;
  for (double* member : {&part.prompt_tokens, &part.prompt_sequences, &part.prompt_pairs, &part.decode_sequences,
                         &part.decode_tokens, &part.decode_context}) {
    *member /= parts;
  }
  return part;
}

/// A batch job: nobody waits for an earlier answer before asking.
bool comes_at_once(const scenario::RequestsSpec& requests) {
  const scenario::ArrivalSpec& arrival = requests.arrival;
  return arrival.process == scenario::ArrivalProcess::closed && requests.trace.empty() && requests.count > 0 &&
         arrival.concurrency >= requests.count;
}

/// Graphs are captured for powers of two, and for steps of 128 up to 512 (the list that NVIDIA/TensorRT-LLM@03e27c7d,
/// docs/source/developer-guide/perf-overview.md, gives its runs): all groups of attention data parallelism replay the
/// same.
double captured_batch(double sequences) {
  if (sequences > 256 && sequences <= 384) {
    return 384;
  }
  return sequences > 0 ? std::exp2(std::ceil(std::log2(sequences))) : 0;
}

/// vLLM captures decodes of 1, 2, 4 and multiples of 8 sequences, of these the ones within max_num_seqs
/// (vllm/v1/cudagraph_dispatcher.py).
bool within_captured(double sequences, double max_batch) {
  const double captured = sequences > 4 ? 8 * std::ceil(sequences / 8) : std::exp2(std::ceil(std::log2(sequences)));
  return captured <= max_batch;
}

double most_sequences(const std::vector<IterationLoad>& groups) {
  double most = 0;
  for (const IterationLoad& load : groups) {
    most = std::max(most, load.decode_sequences);
  }
  return most;
}

IterationLoad filled_up(IterationLoad load, double sequences, double queries) {
  load.decode_sequences = std::max(load.decode_sequences, sequences);
  load.decode_tokens = std::max(load.decode_tokens, sequences * queries);
  return load;
}

} // namespace

struct ServingCost::Parts {
  const scenario::ModelSpec model;
  const scenario::EngineSpec engine;
  const serving::CardShare share;
  const serving::Formats formats;
  const scenario::ChipSpec chip;
  const serving::KernelClock clock;
  const serving::LayerClock layers;
  const serving::ReplicaLinks links;
  const ServingMemory memory;
  const bool offline; ///< all requests come at once: answers leave whole

  Parts(const InferenceSpec& spec, const scenario::ReplicasSpec& replica, const platform::Cluster& cluster,
        const std::vector<platform::CardId>& cards, ReplicaRole role)
      : model(spec.model), engine(serving::pool_engine(spec, role)),
        share(serving::with_window_reads(serving::card_share(model, replica, spec.software.windowed_kv), model,
                                         spec.requests)),
        formats(serving::formats_of(spec)), chip(cluster.node_spec(cluster.node_of(cards.front())).chip),
        clock(chip, spec.software), layers(model, share, formats, clock, spec.software.dense_short_prompts),
        links(model, spec.software, clock.kernels(), share, cluster, cards, formats.expert.activation_bytes),
        memory(serving_memory(spec, replica, chip, role)), offline(comes_at_once(spec.requests)) {}

  double queries() const { return 1.0 + engine.speculative.tokens; }
  double slope_s(double decodes_queries, double parts) const;
  double kernel_s(const std::vector<IterationLoad>& parts, bool graph) const;
  IterationCost device(const std::vector<IterationLoad>& groups) const;
  double host_s(const std::vector<IterationLoad>& groups) const;
  double throughput_call_s() const;
  IterationCost without_context(const std::vector<IterationLoad>& groups) const;
  double draft_share() const;
};

/// Routed experts see the tokens of all groups that share them. Without a captured graph the host issues kernel by
/// kernel: ahead of the device where that is busy for long, but not at an iteration's beginning and wherever counts are
/// read back. The root of the squares lies between the longer of the two and their sum; of the three it fits measured
/// times to the first token best over small and large prompts.
double ServingCost::Parts::kernel_s(const std::vector<IterationLoad>& groups, bool graph) const {
  const double gap = clock.gap_s(true);
  serving::KernelTally slowest;
  double tokens = 0;
  bool prompts = false;
  const double fill = graph && clock.serving().graph_padding ? captured_batch(most_sequences(groups)) : 0;
  for (const IterationLoad& load : groups) {
    const IterationLoad filled = filled_up(load, fill, queries());
    const serving::KernelTally tally = layers.group(load, filled);
    if (tally.seconds + tally.launches * gap > slowest.seconds + slowest.launches * gap) {
      slowest = tally;
    }
    tokens += filled.prompt_tokens + filled.decode_tokens;
    prompts = prompts || load.prompt_tokens > 0;
  }
  const double domain = share.expert * share.expert_tensor / (share.tensor * share.data);
  slowest += layers.experts(tokens * std::min(1.0, domain));
  slowest.seconds += share.moe_layers * throughput_call_s();
  const double device_s = slowest.seconds + slowest.launches * gap;
  if (graph || tokens <= 0) {
    return device_s;
  }
  // Decodes meet their experts in buffers of a fixed size; of prompts the host has to know how many go where.
  const double exchanges_s = prompts ? share.moe_layers * clock.kernels().moe_layer_s : 0;
  return std::hypot(device_s, slowest.launches * clock.gap_s(false) + exchanges_s);
}

IterationCost ServingCost::Parts::without_context(const std::vector<IterationLoad>& groups) const {
  IterationLoad all;
  double sequences = 0;
  for (const IterationLoad& load : groups) {
    all.prompt_tokens = std::max(all.prompt_tokens, load.prompt_tokens);
    all.decode_sequences = std::max(all.decode_sequences, load.decode_sequences);
    sequences = std::max(sequences, load.decode_sequences + load.prompt_sequences);
  }
  const double parts = parts_of(all, share.pipeline);
  std::vector<IterationLoad> divided_groups;
  serving::TokenFlow flow;
  for (const IterationLoad& load : groups) {
    divided_groups.push_back(divided(load, parts));
    const IterationLoad& part = divided_groups.back();
    const double tokens = part.prompt_tokens + part.decode_tokens;
    flow.group_tokens = std::max(flow.group_tokens, tokens);
    flow.logit_rows = std::max(flow.logit_rows, part.prompt_sequences + part.decode_tokens);
    flow.total_tokens += tokens;
  }
  const auto& serving = clock.serving();
  const bool graph = all.prompt_tokens <= 0 && all.decode_sequences <= serving.graph_max_batch &&
                     (!serving.graph_within_batch || within_captured(all.decode_sequences, engine.max_batch));
  IterationCost cost;
  cost.compute_s = kernel_s(divided_groups, graph);
  flow.compute_s = cost.compute_s;
  flow.prompts = all.prompt_tokens > 0;
  // Answers that stream cost the host work for every sequence and token: HTTP, detokenization.
  const bool whole_answers = offline && serving.host_request_s > 0;
  cost.compute_s += share.data > 1 ? serving.group_sync_s : 0;
  cost.compute_s += serving.iteration_s + (whole_answers ? 0 : sequences * serving.iteration_request_s);
  links.add(flow, 1, cost);
  return cost;
}

/// A module that predicts several tokens ahead is one layer with its own logits (DeepSeek-V3, arXiv 2412.19437,
/// section 2.2): about one and a half layers of a pass.
double ServingCost::Parts::draft_share() const {
  const auto& speculative = engine.speculative;
  const double one = speculative.draft_cost > 0 ? speculative.draft_cost : 1.5 / share.layers();
  return speculative.tokens * one;
}

double ServingCost::Parts::slope_s(double decodes_queries, double parts) const {
  return layers.context_s(decodes_queries) / parts;
}

ServingCost::ServingCost(const InferenceSpec& spec, const scenario::ReplicasSpec& replica,
                         const platform::Cluster& cluster, const std::vector<platform::CardId>& cards,
                         ReplicaRole role) {
  const std::size_t needed = std::size_t(replica.tensor) * replica.data * replica.pipeline;
  if (cards.size() != needed) {
    throw std::invalid_argument("a replica of " + spec.model.name + " takes " + std::to_string(needed) +
                                " cards, not " + std::to_string(cards.size()));
  }
  parts_ = std::make_unique<Parts>(spec, replica, cluster, cards, role);
  if (kv_blocks() < 1) {
    throw std::invalid_argument(explain_serving_misfit(spec, replica, parts_->chip, role));
  }
}

ServingCost::~ServingCost() = default;
ServingCost::ServingCost(ServingCost&&) noexcept = default;

/// What the device does, with the context that decodes read.
IterationCost ServingCost::Parts::device(const std::vector<IterationLoad>& groups) const {
  IterationCost cost = without_context(groups);
  double context = 0;
  double reads = 1;
  IterationLoad widest;
  for (const IterationLoad& load : groups) {
    context = std::max(context, load.decode_context);
    if (load.decode_sequences > 0) {
      reads = std::max(reads, load.decode_tokens / load.decode_sequences);
    }
    widest.decode_sequences = std::max(widest.decode_sequences, load.decode_sequences);
    widest.prompt_tokens = std::max(widest.prompt_tokens, load.prompt_tokens);
  }
  if (context > 0) {
    cost.compute_s += context * slope_s(reads, parts_of(widest, share.pipeline));
  }
  if (engine.speculative.tokens > 0 && widest.decode_sequences > 0) {
    cost.compute_s *= 1.0 + draft_share();
    cost.local_comm_s *= 1.0 + draft_share();
  }
  return cost;
}

/// Attention data parallelism and batch jobs take the grouped products that are made for throughput (CUTLASS in
/// TensorRT-LLM's own recipes), whose layer costs more before the first product than that of the kernels for latency,
/// and exchanges tokens; Hopper's kernels that widen weights are the same in both.
double ServingCost::Parts::throughput_call_s() const {
  const bool one_kernel =
      formats.expert.weight_bytes < formats.expert.activation_bytes && clock.serving().widened_read_efficiency > 0;
  return share.data > 1 || (offline && !one_kernel) ? clock.serving().exchange_s : 0;
}

/// Host work of the next iteration is done while the device is at this one (TensorRT-LLM's overlap scheduler,
/// _executor_loop_overlap of tensorrt_llm/_torch/pyexecutor/py_executor.py), so it shows where it takes longer.
double ServingCost::Parts::host_s(const std::vector<IterationLoad>& groups) const {
  double sequences = 0;
  for (const IterationLoad& load : groups) {
    sequences = std::max(sequences, load.decode_sequences + load.prompt_sequences);
  }
  return clock.serving().host_iteration_s + sequences * clock.serving().host_request_s;
}

IterationCost ServingCost::iteration(const std::vector<IterationLoad>& groups) const {
  IterationCost cost = parts_->device(groups);
  cost.compute_s += std::max(0.0, parts_->host_s(groups) - cost.total_s());
  return cost;
}

DecodeCost ServingCost::decode(const std::vector<double>& sequences) const {
  std::vector<IterationLoad> groups;
  IterationLoad widest;
  for (const double count : sequences) {
    IterationLoad load;
    load.decode_sequences = count;
    load.decode_tokens = count * parts_->queries();
    groups.push_back(load);
    widest.decode_sequences = std::max(widest.decode_sequences, count);
  }
  const double drafts = 1.0 + parts_->draft_share();
  DecodeCost cost{parts_->device(groups), 0, parts_->host_s(groups)};
  cost.per_context_s = drafts * parts_->slope_s(parts_->queries(), parts_of(widest, parts_->share.pipeline));
  return cost;
}

const std::vector<CollectiveShape>& ServingCost::fabric_shapes() const {
  return parts_->links.fabric_shapes();
}

double ServingCost::weight_bytes() const {
  return parts_->memory.weights_bytes;
}

double ServingCost::model_bytes() const {
  return serving::stored_model_bytes(parts_->model, parts_->formats);
}

double ServingCost::kv_bytes_per_token() const {
  return serving::kv_token_bytes(parts_->model, parts_->share, parts_->formats);
}

double ServingCost::kv_blocks() const {
  return parts_->memory.kv_blocks;
}

scenario::Evidence ServingCost::evidence() const {
  return parts_->clock.evidence();
}

} // namespace iccsim::workload
