// UTF-8 as RFC 3629 defines it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace iccsim::scenario {

/// Offset of the first byte that starts no valid sequence (overlong forms and surrogates are invalid), or nothing.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

} // namespace iccsim::scenario
