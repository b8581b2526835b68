// From bytes to a Tree, within limits, whatever the bytes are.
#pragma once

#include "iccsim/scenario/diagnostics.hpp"
#include "scenario/tree.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace iccsim::scenario {

/// Bounds that no honest scenario comes near; beyond them a file is refused before it costs memory or time.
struct YamlLimits {
  static constexpr std::size_t file_bytes = 4u << 20;
  static constexpr std::size_t text_bytes = 64u << 10; ///< of one value
  static constexpr std::size_t punctuation = 400'000;  ///< marks that can start a token, which the parser may queue up
  static constexpr std::size_t weight = 200'000;       ///< values, aliases expanded; long texts weigh more
  static constexpr int depth = 64;
};

/// Reads and parses a file. On a mistake the result is empty and `diagnostics` has it; duplicate keys are reported,
/// the first wins, and the tree is still returned.
std::optional<Tree> load_yaml(const std::filesystem::path& file, Diagnostics& diagnostics);

/// Parses `text` that belongs to `file` (a name for messages). `placed`: false when line and column mean nothing
/// to the user (an override).
std::optional<Tree> parse_yaml(const std::string& text, const std::string& file, bool placed, Diagnostics& diagnostics);

} // namespace iccsim::scenario
