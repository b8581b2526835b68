// yaml-cpp's messages in words that say what to do.
#pragma once

#include <string>

namespace iccsim::scenario {

std::string explain_yaml_error(const std::string& parser_message);

} // namespace iccsim::scenario
