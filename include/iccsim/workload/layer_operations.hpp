// The operations of a transformer's parts on one card: what a micro-batch asks of the chip.
//
// FLOPs follow the shapes; bytes of the memory-bound kernels follow what a stack fuses. Model FLOPs of the products
// sum to model_flops_per_token (full score matrix, no recomputation).
#pragma once

#include "iccsim/scenario/job.hpp"
#include "iccsim/workload/operation.hpp"

#include <vector>

namespace iccsim::workload {

/// How a micro-batch is cut over cards.
struct LayerCut {
  double micro = 1;    ///< sequences
  double sequence = 0; ///< tokens of a whole sequence
  double tensor = 1;
  double context = 1;
  double expert = 1;
  double expert_tensor = 1;
  bool sequence_parallel = false;
  bool fp8 = false;          ///< products in 8 bits: inputs are cast first
  double gradient_bytes = 4; ///< of an accumulated gradient
};

struct PartOperations {
  std::vector<Operation> forward;
  std::vector<Operation> backward_input;  ///< gradients of activations
  std::vector<Operation> backward_weight; ///< gradients of weights, and their accumulation
  std::vector<Operation> core;            ///< of `forward`: what selective recomputation repeats
};

/// One layer; `moe` says which kind.
PartOperations layer_operations(const scenario::ModelSpec& model, const scenario::SoftwareSpec& software,
                                const LayerCut& cut, bool moe);
/// Token embedding of the first virtual stage.
PartOperations embedding_operations(const scenario::ModelSpec& model, const LayerCut& cut);
/// Final norm, logits and loss of the last virtual stage.
PartOperations head_operations(const scenario::ModelSpec& model, const scenario::SoftwareSpec& software,
                               const LayerCut& cut);

/// Whether the attention core is one kernel. ALiBi's biases of the scores leave it where the stack fuses no softmax
/// beside it (early flash kernels take no biases).
bool has_fused_core(const scenario::ModelSpec& model, const scenario::SoftwareSpec& software);

/// Tokens of a micro-batch on one card, tensor parallelism not counted.
inline double card_tokens(const LayerCut& cut) {
  return cut.micro * cut.sequence / cut.context;
}

} // namespace iccsim::workload
