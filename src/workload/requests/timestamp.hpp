// Dates and times as Azure's traces write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace iccsim::workload {

struct Timestamp {
  std::int64_t seconds = 0; ///< since 1970-01-01 00:00:00, UTC
  double fraction_s = 0;
};

/// `2023-11-16 18:17:03.9799600` or `2024-05-10 00:00:00.009930+00:00`; the fraction and the offset may be missing, a T
/// may stand for the space.
std::optional<Timestamp> read_timestamp(std::string_view text);

} // namespace iccsim::workload
