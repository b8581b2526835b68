// The part of the checks that looks inside one node type.
#pragma once

#include "iccsim/scenario/node.hpp"

#include <string>

namespace iccsim::platform {

/// Throws std::invalid_argument; `pool` names the nodes in the message.
void check_node(const scenario::NodeSpec& node, const std::string& pool);

} // namespace iccsim::platform
