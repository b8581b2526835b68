// How well an inference engine runs on one chip: what training kernels' figures do not cover.
#pragma once

namespace iccsim::scenario {

/// Of one (engine, chip) pair; sources as the pair's KernelCalibration says.
struct ServingCalibration {
  double decode_attention_efficiency = 0.7; ///< share of memory bandwidth that paged decode attention reaches on KV
  double decode_attention_launch_s = 0;     ///< fixed cost of one decode attention kernel (split-KV reduction)
  double weight_read_efficiency = 0.8;      ///< share of memory bandwidth that skinny products reach on weights
  double moe_read_efficiency = 0.7;         ///< the same for grouped expert products
  double iteration_s = 0;                   ///< host work of one engine iteration that the device waits for
  double iteration_request_s = 0;           ///< the same, per sequence in the batch (sampling, detokenization)
  double graph_launch_s = 0;                ///< gap between kernels of a captured decode graph
  int graph_max_batch = 512;                ///< captured graphs reach so far; larger batches launch kernel by kernel
  double request_s = 0;                     ///< of one request before it is queued: HTTP, tokenization
  double small_all_reduce_s = 0;         ///< latency of a one-shot all-reduce inside a scale-up domain; 0: as computed
  double kv_transfer_s = 0;              ///< fixed cost of handing one request from prefill to decode
  double expert_call_s = 0;              ///< host and kernel overhead of one MoE layer's routing and permutation
  double moe_gemm_efficiency = 0.6;      ///< rate of grouped expert products over that of dense ones, many rows each
  double latent_decode_efficiency = 0.6; ///< share of the roofline that absorbed latent attention (MLA) decodes at
  double prefill_attention_efficiency = 0; ///< paged prefill attention, share of peak; 0: attention_efficiency
  double prompt_token_s = 0;               ///< per prompt token before a request is queued: tokenization
  double prefill_launch_s = 0;             ///< gap between kernels of an iteration without a graph; 0: `launch`
  double all_reduce_efficiency = 1;        ///< rate of the engine's own all-reduce over that of the collective library
  // Host work that runs beneath the device's (overlapped scheduling): an iteration lasts for the longer of both.
  double host_iteration_s = 0; ///< of an iteration
  double host_request_s = 0;   ///< of a sequence in the batch
  double exchange_s = 0;       ///< fixed cost of one MoE layer's exchange of tokens between attention groups
  // Grouped products that widen 4-bit weights to 16 bits on their way in; 0: as moe_gemm_efficiency,
  // moe_read_efficiency.
  double widened_gemm_efficiency = 0;
  double widened_read_efficiency = 0;
  // Attention over latents that an indexer picked: kernels measured on H800 (alibaba/InferSim@f2293da, bench_data/dsa).
  double sparse_prefill_efficiency = 0.645; ///< prompts, of the 16-bit peak, all picked places counted: 0.62 to 0.66
  double sparse_decode_efficiency = 0.39;   ///< decodes with 8-bit KV, likewise: 0.38 to 0.41
  double index_efficiency = 0.58;           ///< an indexer's scores of prompts, of the 8-bit peak: 0.50 to 0.59
  /// Decodes of layers that attend in chunks run in a kernel that reads KV once for each query head.
  bool chunks_by_head = false;
  double latent_decode_launch_s =
      0;                   ///< fixed cost of one latent attention layer in decodes; 0: decode_attention_launch
  double group_sync_s = 0; ///< host work of an iteration in which attention groups tell one another their loads
  /// Decodes launch kernel by kernel where the next batch with a graph (1, 2, 4, multiples of 8) is above max_batch.
  bool graph_within_batch = false;
  bool graph_padding = false;  ///< captured graphs exist for some batches only; others are filled up to the next
  double reserved_bytes = 3e9; ///< device memory beside weights, activations and KV: context, graphs, buffers
};

} // namespace iccsim::scenario
