// A software stack: which kernels are fused, what overlaps, what launches cost, and how well its
// kernels run on each chip. A calibration belongs to a (stack, chip) pair, never to a scenario.
#pragma once

#include "iccsim/scenario/precision.hpp"
#include "iccsim/scenario/serving_calibration.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace iccsim::scenario {

/// How well the kernels of a stack run on one chip.
struct KernelCalibration {
  Evidence evidence = Evidence::datasheet_only;
  std::string source; ///< the measurement or the one published run that fixed the numbers

  // Matrix products: time = waves * (tile_m * tile_n * 2 * (k + gemm_k_overhead)) / (peak per SM * gemm_efficiency).
  std::map<Precision, double> gemm_efficiency; ///< asymptotic share of dense peak, by precision
  double gemm_k_overhead = 128;                ///< prologue and epilogue of a tile, as extra elements of k
  int gemm_tile_m = 128;                       ///< output tile of the large kernels
  int gemm_tile_n = 256;
  double gemm_wave_quantization = 1.0; ///< 1: whole waves (a tail wave costs a full one); 0: no tail effect

  /// Share of the usual rate that products with a dimension that is no multiple of 8 elements reach (no tensor cores,
  /// or only their slow alignments).
  double unaligned_gemm_efficiency = 0.25;

  // Attention core (scores, softmax, values).
  double attention_efficiency = 0.5;          ///< fused forward kernel, share of peak, counting causal FLOPs only
  double attention_backward_efficiency = 0.4; ///< fused backward kernel, likewise

  double memory_efficiency = 0.85; ///< share of memory bandwidth that elementwise kernels reach
  double launch_s = 0;             ///< `launch`: gap between two kernels that the device sees, seconds

  /// `moe_layer`: host work of one MoE layer and pass that the device waits for: routing tables, token counts read
  /// back, many small launches.
  double moe_layer_s = 0;
  /// `moe_expert`: the same for each expert that the card holds, where a stack launches products and casts expert by
  /// expert.
  double moe_expert_s = 0;
  double grouped_gemm_efficiency = 1.0; ///< share of the usual rate that the products of several experts reach

  // Communication library on this chip: multiplies the link's payload rate.
  double scale_up_efficiency = 1.0;
  double scale_out_efficiency = 1.0;
  double collective_launch_s = 0; ///< `collective_launch`: fixed cost of one collective call, seconds
  double overlap_slowdown = 1.0;  ///< compute stretches by this factor while a collective runs beneath it

  /// `owner_broadcast`: host work of one owner's broadcast where ZeRO-1 returns the parameters by a broadcast an owner,
  /// one after another, instead of one all-gather; 0: it does not.
  double owner_broadcast_s = 0;
  double step_overhead_s = 0; ///< `step_overhead`: host work at each step (logging, gradient norm, data), seconds

  std::optional<ServingCalibration> serving; ///< `serving`: engines for inference
};

/// platforms/software/NAME.yaml.
struct SoftwareSpec {
  std::string name;
  std::string title;
  bool fused_attention = true;   ///< FlashAttention or alike: scores never reach device memory
  bool fused_softmax = true;     ///< without fused attention: scale, mask and softmax in one kernel
  bool fused_elementwise = true; ///< bias+GELU, bias+dropout+add, SwiGLU, RMSNorm in one kernel each
  /// Biases and clamps of experts belong to their fused activation kernel; false: framework operations in fp32.
  bool fused_expert_bias = true;
  bool causal_skips = true;    ///< the attention core skips the masked half of the score matrix
  bool dropout = true;         ///< attention and hidden dropout are active (GPT-3 recipe)
  double fp32_gradients = 1.0; ///< 1: gradients are accumulated and reduced in fp32, 0: in the training precision
  /// Device-memory bytes a parameter that adding a micro-batch's gradient costs beside the weight-gradient product:
  /// 0 when the product accumulates in place, 10 for a separate fp32 add (write 2, read 2 + 4, write 4, less the
  /// product's own 2), 4 for a 16-bit one.
  double gradient_accumulation_bytes = 0;
  bool sharded_reduce_scatter = true;  ///< false: ZeRO-1 reduces with all_reduce (early DeepSpeed)
  bool pipeline_scatter_gather = true; ///< each TP rank sends 1/t of an activation and gathers over the scale-up link
  /// Share of ZeRO-3's gathers and scatters that runs beneath compute when their overlap is on: prefetching hides all
  /// but the first layer's; early implementations less.
  double sharded_parameters_hidden = 1.0;
  double fp8_dispatch = 0; ///< 1: expert dispatch travels in 8 bits (DeepEP), 0: in 16
  /// Tokens cross the fabric once for each scale-up domain that holds one of their experts and are copied there
  /// (DeepEP); false: once for each expert.
  bool dispatch_once = false;
  /// Serving with attention data parallelism: every rank gathers the tokens of all groups and sums are scattered back;
  /// false: tokens go to the ranks that hold their experts.
  bool gathers_tokens = false;
  bool windowed_kv = true;      ///< serving: windowed layers keep KV of their window alone; false: of the whole context
  /// Serving of models with an indexer: prompts no longer than what it picks attend to all of their tokens, with keys
  /// and values expanded from the latents; false: as longer ones.
  bool dense_short_prompts = false;
  double overlap_context = 1.0; ///< share of CP exchange hidden beneath attention when context overlap is on
  /// Device-memory bytes of each logit, forward and backward: fp32 copy, max, exp-sum, gradient.
  double logit_bytes = 24;
  // Defaults of `overlap` for jobs that do not say; a job's own key wins.
  bool overlap_gradients = false;
  bool overlap_parameters = false;
  bool overlap_pipeline = false;
  double overlap_tensor = 0.0; ///< share of TP communication hidden beneath GEMMs when tensor overlap is on
  /// Share of the backward's TP communication that hides beneath weight-gradient products whatever `overlap.tensor`
  /// says (Megatron-LM since late 2021 runs it asynchronously).
  double tensor_backward_hidden = 0.0;
  double overlap_expert = 0.0;                    ///< share of EP all-to-all hidden when expert overlap is on
  std::map<std::string, KernelCalibration> chips; ///< by chip name
  std::optional<KernelCalibration> fallback;      ///< for chips not listed: datasheet only
  std::vector<std::string> sources;
};

} // namespace iccsim::scenario
