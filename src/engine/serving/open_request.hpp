// A request that the end of a run cut off.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace iccsim::engine::serving {

/// What is known of it: a latency that is not over yet is at least what has passed of it.
struct OpenRequest {
  std::uint32_t rank = 0;       ///< of its priority
  double age_s = 0;             ///< since it arrived
  std::optional<double> ttft_s; ///< empty: no client has seen a token of it
  int asked_tokens = 0;         ///< of output
  double prompt_tokens = 0;     ///< whose KV there is or was, cached ones too
  double output_tokens = 0;     ///< that it has

  double least_ttft_s() const { return ttft_s.value_or(age_s); }
  double least_tpot_s() const { return ttft_s ? (age_s - *ttft_s) / std::max(1, asked_tokens - 1) : 0; }
};

} // namespace iccsim::engine::serving
