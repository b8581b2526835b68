// Parts of the memory estimate that only its own sources use.
#pragma once

#include "iccsim/workload/plan.hpp"
#include "iccsim/workload/transformer.hpp"

namespace iccsim::workload {

/// Activations stay in 16 bits when products run in 8.
double activation_element_bytes(scenario::Precision precision);
/// Tokens of a micro-batch on one card, tensor parallelism not counted.
double card_tokens(const scenario::PretrainingSpec& spec);
/// Everything a layer keeps when nothing is recomputed: what is there while a recomputed layer is at work.
double layer_working_bytes(const scenario::PretrainingSpec& spec, int index);

/// Parameters on one card, in elements: dense ones and routed experts are sharded over different ranks.
struct CardParameters {
  double dense = 0;
  double experts = 0;
};
CardParameters layer_on_card(const scenario::PretrainingSpec& spec, const Plan& plan, int index);
CardParameters stage_on_card(const scenario::PretrainingSpec& spec, const Plan& plan, int stage);

} // namespace iccsim::workload
