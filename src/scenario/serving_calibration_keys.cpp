// serving: of a calibration in platforms/software/NAME.yaml
#include "scenario/calibration_keys.hpp"
#include "scenario/declare.hpp"
#include "scenario/specs.hpp"

namespace iccsim::scenario {

const Keys<ServingCalibration>& serving_calibration_keys() {
  using S = ServingCalibration;
  using D = Dimension;
  static const Keys<S> keys = {
      quantity("decode_attention_efficiency", &S::decode_attention_efficiency, D::share, range::positive_share,
               "share of memory bandwidth that decode attention reaches on KV"),
      quantity("decode_attention_launch", &S::decode_attention_launch_s, D::time, range::not_negative,
               "fixed cost of one decode attention kernel"),
      quantity("weight_read_efficiency", &S::weight_read_efficiency, D::share, range::positive_share,
               "share of memory bandwidth that skinny products reach on weights"),
      quantity("moe_read_efficiency", &S::moe_read_efficiency, D::share, range::positive_share,
               "the same for grouped expert products"),
      quantity("iteration", &S::iteration_s, D::time, range::not_negative,
               "host work of one engine iteration that the device waits for"),
      quantity("iteration_request", &S::iteration_request_s, D::time, range::not_negative,
               "the same, per sequence in the batch"),
      quantity("graph_launch", &S::graph_launch_s, D::time, range::not_negative,
               "gap between kernels of a captured decode graph"),
      integer("graph_max_batch", &S::graph_max_batch, "captured graphs reach so far", 0, 1'000'000),
      quantity("request", &S::request_s, D::time, range::not_negative, "of one request before it is queued"),
      by_default(quantity("small_all_reduce", &S::small_all_reduce_s, D::time, range::not_negative,
                          "latency of a one-shot all-reduce inside a scale-up domain"),
                 "as computed"),
      quantity("kv_transfer", &S::kv_transfer_s, D::time, range::not_negative,
               "fixed cost of handing one request from prefill to decode"),
      quantity("expert_call", &S::expert_call_s, D::time, range::not_negative,
               "host and kernel overhead of one MoE layer's routing"),
      quantity("moe_gemm_efficiency", &S::moe_gemm_efficiency, D::share, range::positive_share,
               "rate of grouped expert products over that of dense ones"),
      quantity("latent_decode_efficiency", &S::latent_decode_efficiency, D::share, range::positive_share,
               "share of the roofline that latent attention decodes at"),
      by_default(quantity("prefill_attention_efficiency", &S::prefill_attention_efficiency, D::share,
                          range::positive_share, "paged prefill attention, of peak"),
                 "attention_efficiency"),
      quantity("prompt_token", &S::prompt_token_s, D::time, range::not_negative,
               "per prompt token before a request is queued: tokenization"),
      by_default(quantity("prefill_launch", &S::prefill_launch_s, D::time, range::not_negative,
                          "gap between kernels of an iteration without a graph"),
                 "launch"),
      ratio("all_reduce_efficiency", &S::all_reduce_efficiency, range::positive,
            "rate of the engine's own all-reduce over that of the collective library"),
      quantity("host_iteration", &S::host_iteration_s, D::time, range::not_negative,
               "host work of an iteration that runs beneath the device's"),
      quantity("host_request", &S::host_request_s, D::time, range::not_negative, "the same, per sequence in the batch"),
      quantity("exchange", &S::exchange_s, D::time, range::not_negative,
               "fixed cost of a MoE layer with kernels for throughput: batch jobs, attention data parallelism"),
      by_default(ratio("widened_gemm_efficiency", &S::widened_gemm_efficiency, range::positive,
                       "rate of grouped products of widened 4-bit weights over that of dense 16-bit ones"),
                 "moe_gemm_efficiency"),
      by_default(quantity("widened_read_efficiency", &S::widened_read_efficiency, D::share, range::positive_share,
                          "share of memory bandwidth at which they read and widen weights"),
                 "moe_read_efficiency"),
      quantity("sparse_prefill_efficiency", &S::sparse_prefill_efficiency, D::share, range::positive_share,
               "prompts that attend to picked latents, of the 16-bit peak"),
      quantity("sparse_decode_efficiency", &S::sparse_decode_efficiency, D::share, range::positive_share,
               "the same for decodes"),
      quantity("index_efficiency", &S::index_efficiency, D::share, range::positive_share,
               "an indexer's scores of prompts, of the 8-bit peak"),
      flag("chunks_by_head", &S::chunks_by_head,
           "decodes of layers that attend in chunks read KV once for each query head"),
      by_default(quantity("latent_decode_launch", &S::latent_decode_launch_s, D::time, range::not_negative,
                          "fixed cost of one latent attention layer in decodes"),
                 "decode_attention_launch"),
      quantity("group_sync", &S::group_sync_s, D::time, range::not_negative,
               "host work of an iteration in which attention groups tell one another their loads"),
      flag("graph_within_batch", &S::graph_within_batch,
           "decodes launch kernel by kernel where the next batch with a graph (1, 2, 4, multiples of 8) is above "
           "max_batch"),
      flag("graph_padding", &S::graph_padding, "decodes are filled up to the next batch with a captured graph"),
      quantity("reserved", &S::reserved_bytes, D::bytes, range::not_negative,
               "device memory beside weights, activations and KV"),
  };
  return keys;
}

} // namespace iccsim::scenario
