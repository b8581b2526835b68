// Published jobs as specs, for tests of memory.
#pragma once

#include "iccsim/scenario/job.hpp"

namespace iccsim::test {

/// GPT of the Megatron-LM papers, on their stack: no fused attention, dropout, fp32 gradients.
inline scenario::PretrainingSpec gpt_job(int layers, int hidden, int heads, int tensor, int pipeline, int chunks) {
  scenario::PretrainingSpec spec;
  spec.model.layers = layers;
  spec.model.hidden = hidden;
  spec.model.heads = heads;
  spec.model.vocabulary = 51200;
  spec.model.max_positions = 2048;
  spec.model.tied_embeddings = spec.model.attention_bias = spec.model.ffn_bias = true;
  spec.parallelism.tensor = tensor;
  spec.parallelism.pipeline = pipeline;
  spec.parallelism.virtual_stages = chunks;
  spec.parallelism.schedule = chunks > 1 ? scenario::Schedule::interleaved : scenario::Schedule::one_f_one_b;
  spec.batch = {0, 1, 2048};
  spec.software.fused_attention = false;
  spec.precision = scenario::Precision::fp16;
  return spec;
}

/// LLaMA shapes on a stack of today: fused attention, no dropout.
inline scenario::PretrainingSpec llama_job(int layers, int hidden, int heads, int kv_heads, int ffn, int vocabulary) {
  scenario::PretrainingSpec spec;
  spec.model.layers = layers;
  spec.model.hidden = hidden;
  spec.model.heads = heads;
  spec.model.kv_heads = kv_heads;
  spec.model.ffn = ffn;
  spec.model.vocabulary = vocabulary;
  spec.model.activation = scenario::Activation::swiglu;
  spec.model.position = scenario::PositionKind::rotary;
  spec.model.norm = scenario::NormKind::rmsnorm;
  spec.software.dropout = false;
  return spec;
}

inline constexpr double gib = 1024.0 * 1024.0 * 1024.0;
inline constexpr double a100_bytes = 80 * gib;

} // namespace iccsim::test
