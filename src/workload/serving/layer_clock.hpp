// Kernel time of one iteration on one card of an attention group: projections, attention, FFNs, experts, logits.
#pragma once

#include "card_share.hpp"
#include "formats.hpp"
#include "iccsim/workload/serving_cost.hpp"
#include "kernel_clock.hpp"

namespace iccsim::workload::serving {

/// Kernels run, and how many gaps between them.
struct KernelTally {
  double seconds = 0;
  double launches = 0;
  KernelTally& operator+=(const KernelTally& o) {
    seconds += o.seconds;
    launches += o.launches;
    return *this;
  }
  KernelTally times(double n) const { return {seconds * n, launches * n}; }
};

class LayerClock {
public:
  /// `dense_short_prompts`: SoftwareSpec's.
  LayerClock(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats, const KernelClock& clock,
             bool dense_short_prompts = false)
      : model_(model), share_(share), formats_(formats), clock_(clock), dense_short_prompts_(dense_short_prompts) {}

  /// All layers and the head for one group's load, without routed experts and without what decodes read of context.
  /// `filled`: the load with the rows that fill a captured graph; attention skips them.
  KernelTally group(const IterationLoad& load, const IterationLoad& filled) const;
  /// Routed experts of all MoE layers, for `tokens` that meet in one set of experts.
  KernelTally experts(double tokens) const;
  /// Seconds of all layers for one KV token that a decode reads; `queries`: tokens that a sequence verifies at a time.
  double context_s(double queries) const;

private:
  KernelTally attention_projections(double tokens) const;
  KernelTally latent_projections(const IterationLoad& load) const;
  KernelTally latent_down_projections(double tokens) const;
  bool dense_prompts(const IterationLoad& load) const;
  KernelTally prompt_attention(const IterationLoad& load) const;
  KernelTally sparse_prompt_attention(const IterationLoad& load) const;
  KernelTally indexer(const IterationLoad& load) const;
  KernelTally decode_attention(const IterationLoad& load) const;
  KernelTally dense_ffn(double tokens, double width) const;
  KernelTally router(double tokens) const;
  KernelTally head(const IterationLoad& load) const;
  KernelTally product(const MatrixFormat& format, double m, double n, double k, double count = 1) const;
  KernelTally memory(double bytes, double launches = 1) const;
  double context_layer_s(double queries, bool by_head) const;
  bool windows_by_head() const;
  double index_pairs_s(double pairs, double key_bytes) const;
  double absorbed_flops(double pairs) const;
  bool sparse() const { return model_.sparse.top_k > 0; }

  const scenario::ModelSpec& model_;
  const CardShare& share_;
  const Formats& formats_;
  const KernelClock& clock_;
  bool dense_short_prompts_ = false;
};

/// Routed experts of `held` on a card (of `experts` in all) that `tokens` of top_k choices reach on average, when
/// choices are even and independent: held x (1 - (1 - top_k / experts)^tokens).
double reached_experts(double held, double experts, double top_k, double tokens);

} // namespace iccsim::workload::serving
