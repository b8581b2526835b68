#include "iccsim/workload/serving_memory.hpp"

#include "kernel_clock.hpp"
#include "memory_share.hpp"
#include "pool_engine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace iccsim::workload {
namespace {

using scenario::InferenceSpec;
using scenario::Precision;
using scenario::ReplicasSpec;

/// A service that a user could have written instead, and how.
struct Remedy {
  std::string spelling;
  InferenceSpec spec;
  ReplicasSpec replica;
};

Remedy narrower_weights(Remedy remedy) {
  remedy.spelling = "weight_precision: fp8";
  remedy.spec.weight_precision = Precision::fp8;
  if (remedy.spec.expert_precision &&
      scenario::bytes_per_element(*remedy.spec.expert_precision) > scenario::bytes_per_element(Precision::fp8)) {
    remedy.spec.expert_precision = Precision::fp8;
  }
  return remedy;
}

Remedy more_tensor(Remedy remedy, int degree) {
  remedy.spelling = fmt::format("tensor: {}", degree);
  remedy.replica.tensor = degree;
  return remedy;
}

Remedy more_stages(Remedy remedy, int degree) {
  remedy.spelling = fmt::format("pipeline: {}", degree);
  remedy.replica.pipeline = degree;
  return remedy;
}

Remedy wider_experts(Remedy remedy, int degree) {
  remedy.spelling = fmt::format("expert: {}", degree);
  remedy.replica.expert = degree;
  return remedy;
}

Remedy smaller_iterations(Remedy remedy, int tokens) {
  remedy.spelling = fmt::format("max_batched_tokens: {}", tokens);
  for (scenario::EngineSpec* engine : {&remedy.spec.engine,
                                       remedy.spec.disaggregation && remedy.spec.disaggregation->prefill_engine
                                           ? &*remedy.spec.disaggregation->prefill_engine
                                           : nullptr,
                                       remedy.spec.disaggregation && remedy.spec.disaggregation->decode_engine
                                           ? &*remedy.spec.disaggregation->decode_engine
                                           : nullptr}) {
    if (engine != nullptr) {
      engine->max_batched_tokens = std::min(engine->max_batched_tokens, tokens);
      engine->max_batch = std::min(engine->max_batch, engine->max_batched_tokens);
    }
  }
  return remedy;
}

std::vector<Remedy> remedies(const InferenceSpec& spec, const ReplicasSpec& replica, ReplicaRole role) {
  const Remedy as_it_is{"", spec, replica};
  std::vector<Remedy> list;
  constexpr int usual_tokens = 8192;
  if (serving::pool_engine(spec, role).max_batched_tokens > usual_tokens) {
    list.push_back(smaller_iterations(as_it_is, usual_tokens));
  }
  if (scenario::bytes_per_element(spec.weight_precision.value_or(spec.precision)) > 1) {
    list.push_back(narrower_weights(as_it_is));
  }
  const int stage = replica.tensor * replica.data;
  if (spec.model.has_moe() && replica.expert < stage &&
      (spec.model.moe.experts + replica.redundant_experts) % stage == 0) {
    list.push_back(wider_experts(as_it_is, stage));
  }
  constexpr int node_cards = 8;
  for (int degree = 2 * replica.tensor; degree <= node_cards && spec.model.heads % degree == 0; degree *= 2) {
    list.push_back(more_tensor(as_it_is, degree));
  }
  for (int degree = 2 * replica.pipeline; degree <= std::min(node_cards, spec.model.layers); degree *= 2) {
    list.push_back(more_stages(as_it_is, degree));
  }
  return list;
}

std::string gigabytes(double bytes) {
  return fmt::format("{:.1f} GB", bytes / 1e9);
}

} // namespace

ServingMemory serving_memory(const InferenceSpec& spec, const ReplicasSpec& replica, const scenario::ChipSpec& chip,
                             ReplicaRole role) {
  const scenario::EngineSpec& engine = serving::pool_engine(spec, role);
  const serving::CardShare share = serving::card_share(spec.model, replica, spec.software.windowed_kv);
  const serving::Formats formats = serving::formats_of(spec);
  ServingMemory memory;
  memory.weights_bytes = serving::card_weight_bytes(spec.model, share, formats);
  memory.activations_bytes = serving::activation_bytes(spec.model, share, engine);
  memory.reserved_bytes = serving::KernelClock(chip, spec.software).serving().reserved_bytes;
  memory.usable_bytes = chip.memory_bytes * engine.memory_utilization;
  memory.kv_block_tokens = engine.kv_block;
  memory.kv_block_bytes = serving::kv_token_card_bytes(spec.model, share, formats) * engine.kv_block;
  memory.kv_blocks =
      engine.kv_blocks > 0 ? engine.kv_blocks : std::max(0.0, std::floor(memory.rest_bytes() / memory.kv_block_bytes));
  return memory;
}

std::string explain_serving_misfit(const InferenceSpec& spec, const ReplicasSpec& replica,
                                   const scenario::ChipSpec& chip, ReplicaRole role) {
  const ServingMemory memory = serving_memory(spec, replica, chip, role);
  if (memory.kv_blocks >= 1) {
    return {};
  }
  std::vector<std::string> enough;
  const auto same_key = [](const std::string& a, const std::string& b) {
    return a.substr(0, a.find(':')) == b.substr(0, b.find(':'));
  };
  for (const Remedy& remedy : remedies(spec, replica, role)) { // the least of a key says enough
    const bool said = !enough.empty() && same_key(enough.back(), remedy.spelling);
    if (!said && serving_memory(remedy.spec, remedy.replica, chip, role).kv_blocks >= 1) {
      enough.push_back(remedy.spelling);
    }
  }
  return fmt::format("no memory is left for KV: {} of weights, {} of activations and {} of the engine's own on a card "
                     "of {}, of which {} {}; {}",
                     gigabytes(memory.weights_bytes), gigabytes(memory.activations_bytes),
                     gigabytes(memory.reserved_bytes), chip.name, gigabytes(memory.usable_bytes),
                     "may be used (memory_utilization)",
                     enough.empty() ? std::string("more cards a replica, or a smaller model, would make room")
                                    : fmt::format("{} would make room", fmt::join(enough, ", or ")));
}

std::string explain_excess_blocks(const InferenceSpec& spec, const ReplicasSpec& replica,
                                  const scenario::ChipSpec& chip, ReplicaRole role) {
  const ServingMemory memory = serving_memory(spec, replica, chip, role);
  const double kv_bytes = memory.kv_blocks * memory.kv_block_bytes;
  if (serving::pool_engine(spec, role).kv_blocks == 0 || memory.weights_bytes + kv_bytes <= chip.memory_bytes) {
    return {};
  }
  const double most = std::floor((chip.memory_bytes - memory.weights_bytes) / memory.kv_block_bytes);
  return fmt::format(
      "{:.0f} blocks of KV ({}) and {} of weights are more than the {} of a card of {}; {}", memory.kv_blocks,
      gigabytes(kv_bytes), gigabytes(memory.weights_bytes), gigabytes(chip.memory_bytes), chip.name,
      most >= 1 ? fmt::format("the card ends at {:.0f} blocks", most) : std::string("the weights alone fill the card"));
}

} // namespace iccsim::workload
