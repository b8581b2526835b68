// Small scenarios that simulate in a moment.
#pragma once

#include <string>

namespace iccsim::cli::test {

inline const std::string small_scenario = R"(version: 1
name: small
title: A small GPT on 16 A100
platform:
  nodes: [{ name: gpu, type: dgx-a100-80g, count: 2 }]
  fabric: { type: rail_optimized }
models:
  tiny: { layers: 8, hidden: 1024, heads: 16, ffn: 4096, vocabulary: 51200, activation: gelu, position: learned }
jobs:
  - name: pretrain
    type: pretraining
    model: tiny
    cards: 16
    parallelism: { tensor: 2, pipeline: 2 }
    batch: { global: 32, micro: 2, sequence: 1024 }
    precision: bf16
    software: megatron-core
    length: { steps: 5 }
)";

/// `small_scenario` with one expectation.
inline std::string small_scenario_expecting(const std::string& value, const std::string& more = "") {
  return small_scenario + "expect:\n  - { metric: jobs.pretrain.mfu, value: " + value +
         ", tolerance: 5 %, source: \"a paper, table 1\"" + more + " }\n";
}

} // namespace iccsim::cli::test
