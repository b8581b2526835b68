// What weights take on the cards of a replica, and how many KV blocks fit beside them.
#pragma once

#include "card_share.hpp"
#include "formats.hpp"
#include "iccsim/scenario/chip.hpp"
#include "iccsim/scenario/serving_calibration.hpp"

namespace iccsim::workload::serving {

/// Bytes of the model as stored: experts and matrices in their precisions, tables, norms and routers in 16 bits.
double stored_model_bytes(const scenario::ModelSpec& model, const Formats& formats);
/// Of the fullest card, copies of experts included.
double card_weight_bytes(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats);
/// Of a layer's indexer for one token: an 8-bit key and a 32-bit scale for each 128 of its elements; 0 without one.
double index_key_bytes(const scenario::ModelSpec& model);
/// KV of one token in all layers, each element once.
double kv_token_bytes(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats);
/// KV of one token on the fullest card.
double kv_token_card_bytes(const scenario::ModelSpec& model, const CardShare& share, const Formats& formats);
/// Activations of the largest iteration on a card.
double activation_bytes(const scenario::ModelSpec& model, const CardShare& share, const scenario::EngineSpec& engine);

} // namespace iccsim::workload::serving
