// What one card of a replica holds of a model: heads, widths, experts, and how many layers of each kind there are.
#pragma once

#include "iccsim/scenario/inference.hpp"

namespace iccsim::workload::serving {

struct CardShare {
  double tensor = 1;
  double data = 1;
  double pipeline = 1;
  double expert = 1;
  double expert_tensor = 1;

  double hidden = 0;
  double query_heads = 0;
  double kv_heads = 0; ///< at least one: beyond kv_heads ranks they are copied
  double head_dim = 0;
  double ffn = 0;           ///< intermediate elements of a dense FFN on the card
  double shared_ffn = 0;    ///< likewise, of the shared experts
  double local_experts = 0; ///< routed experts on the card, copies included
  double expert_ffn = 0;    ///< intermediate elements of one of them on the card
  double imbalance = 1;     ///< tokens of the busiest rank of experts over the mean
  double vocabulary = 0;    ///< rows of the output head on the card

  // Layers of the whole model.
  double dense_layers = 0;
  double moe_layers = 0;
  double full_layers = 0;     ///< that attend to the whole context
  double windowed_layers = 0; ///< that attend to ModelSpec::window
  double window_read = 0;     ///< tokens that a windowed layer's decode reads on average
  double growing_layers = 0;  ///< whose decodes read all of the context: also windowed ones that it does not leave
  double kv_layers = 0;       ///< whose KV grows with the context; windows are small beside it
  double layers() const { return dense_layers + moe_layers; }
};

/// `windowed_kv`: the engine drops KV that has left a layer's window.
CardShare card_share(const scenario::ModelSpec& model, const scenario::ReplicasSpec& replica, bool windowed_kv);
/// `share` with what decodes of these requests read in windowed layers. It is a mean over their decodes, so that costs
/// stay affine in the context; lengths that nobody states are taken for long.
CardShare with_window_reads(CardShare share, const scenario::ModelSpec& model, const scenario::RequestsSpec& requests);

} // namespace iccsim::workload::serving
