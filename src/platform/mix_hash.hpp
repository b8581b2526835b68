// A portable 64-bit mix, so that hashed paths are the same on every platform.
#pragma once

#include <cstdint>

namespace iccsim::platform {

/// The output function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014), with the constants of its variant 13.
constexpr std::uint64_t mix_hash(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

} // namespace iccsim::platform
