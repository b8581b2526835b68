// How many passes of a speculating model bring a number of tokens.
#pragma once

#include "platform/mix_hash.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace iccsim::engine::serving {

/// Each pass brings one token and as many of `draft_tokens` as are accepted before the first is not (Leviathan et al.
/// 2023: truncated geometric). Drawn pass by pass, by `key` alone.
inline std::int64_t speculative_passes(std::uint64_t key, int tokens, int draft_tokens, double acceptance) {
  if (draft_tokens == 0 || acceptance <= 0) {
    return tokens;
  }
  if (acceptance >= 1) {
    return (tokens + draft_tokens) / (draft_tokens + 1);
  }
  const double scale = 1 / std::log(acceptance);
  std::int64_t passes = 0;
  for (int left = tokens; left > 0; ++passes) {
    const std::uint64_t bits = platform::mix_hash(key + static_cast<std::uint64_t>(passes)) >> 11;
    const double uniform = (static_cast<double>(bits) + 0.5) * 0x1p-53; // in (0, 1)
    left -= 1 + static_cast<int>(std::min<double>(draft_tokens, std::floor(std::log(uniform) * scale)));
  }
  return passes;
}

} // namespace iccsim::engine::serving
