// Random numbers by what they are for: each (seed, purpose, number) begins a stream of its own.
#pragma once

#include "platform/mix_hash.hpp"

#include <cstdint>
#include <limits>

namespace iccsim::workload {

enum class Purpose : std::uint64_t {
  arrivals = 1,
  prompts,
  outputs,
  turns,
  prefixes,
  priorities,
  pauses,
  contents, ///< keys of block hashes
};

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) as an engine for Boost.Random's distributions. Nothing to warm up:
/// a stream for one request costs three multiplications, so that no draw depends on how many came before it.
class Draws {
public:
  using result_type = std::uint64_t;

  Draws(std::uint64_t seed, Purpose purpose, std::uint64_t number, std::uint64_t turn = 0)
      : state_(mixed(mixed(mixed(seed, static_cast<std::uint64_t>(purpose)), number), turn)) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    const auto drawn = platform::mix_hash(state_);
    state_ += 0x9e3779b97f4a7c15ULL; // the golden ratio's, as in SplitMix64
    return drawn;
  }

private:
  static constexpr std::uint64_t mixed(std::uint64_t key, std::uint64_t value) {
    return platform::mix_hash(platform::mix_hash(key) ^ value);
  }

  std::uint64_t state_;
};

} // namespace iccsim::workload
