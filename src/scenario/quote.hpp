// The user's own words inside a message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace iccsim::scenario {

/// 'text', on one line, without control characters, cut when long.
std::string quote(std::string_view text);

/// "a, b or c".
std::string any_of(const std::vector<std::string>& words);

/// "did you mean 'x'?", or "" for "".
std::string did_you_mean(const std::string& word);

} // namespace iccsim::scenario
