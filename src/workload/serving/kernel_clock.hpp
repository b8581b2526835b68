// Seconds of an engine's kernels on one chip: skinny and large products, grouped experts, attention over paged KV.
//
// Every kernel takes the longer of its memory and its matrix time (smoothly: they overlap badly where they are alike),
// plus a gap that the caller counts as launches.
#pragma once

#include "iccsim/scenario/chip.hpp"
#include "iccsim/scenario/software.hpp"

namespace iccsim::workload::serving {

/// m rows by a stored matrix of k x n; `count` of them in one launch.
struct Product {
  double m = 0, n = 0, k = 0;
  double count = 1;
  double weight_bytes = 2;     ///< of one stored element
  double activation_bytes = 2; ///< of one input element
  scenario::Precision precision = scenario::Precision::bf16;
};

/// The products of one matrix of several experts in one launch.
struct GroupedProduct {
  double rows = 0;   ///< of all experts together
  double active = 0; ///< experts that have rows, so that their weights are read
  double n = 0, k = 0;
  double weight_bytes = 2;
  double activation_bytes = 2;
  scenario::Precision precision = scenario::Precision::bf16;
  bool widened = false; ///< weights are widened to `precision` on their way in
};

class KernelClock {
public:
  KernelClock(const scenario::ChipSpec& chip, const scenario::SoftwareSpec& software);

  double product_s(const Product& product) const;
  double grouped_s(const GroupedProduct& product) const;
  /// Bytes read and written by kernels that compute next to nothing.
  double memory_s(double bytes) const;
  /// Attention of prompts with heads of `head_dim`: FLOPs executed (masked half skipped) and bytes moved.
  double prompt_attention_s(double flops, double bytes, double head_dim) const;
  /// Attention of decodes; `latent`: absorbed MLA.
  double decode_attention_s(double flops, double bytes, bool latent) const;
  /// Prompts or decodes whose queries attend to picked latents; `flops` with the rows that fill a tile of heads.
  double sparse_prompt_s(double flops, double bytes) const;
  double sparse_decode_s(double flops, double bytes) const;
  /// An indexer's scores, in 8 bits.
  double index_scores_s(double flops, double bytes) const;
  /// Rows of the matrix instruction that all heads of a query share in absorbed attention over picked latents.
  double head_tile() const;
  /// Gap between two kernels, with or without a captured graph.
  double gap_s(bool graph) const;

  const scenario::ServingCalibration& serving() const { return serving_; }
  const scenario::KernelCalibration& kernels() const { return kernels_; }
  scenario::Evidence evidence() const { return evidence_; }

private:
  double matrix_rate(scenario::Precision precision, double k) const;

  scenario::ChipSpec chip_;
  scenario::KernelCalibration kernels_;
  scenario::ServingCalibration serving_;
  scenario::Evidence evidence_;
};

} // namespace iccsim::workload::serving
