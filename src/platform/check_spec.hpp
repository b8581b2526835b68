// What no cluster can be built from, said in a sentence for the user.
#pragma once

#include "iccsim/scenario/platform_spec.hpp"

namespace iccsim::platform {

/// Each throws std::invalid_argument.
void check_spec(const scenario::PlatformSpec& spec);
/// A fabric between nodes needs a NIC of the compute fabric in every node.
void check_nics(const scenario::PlatformSpec& spec);

} // namespace iccsim::platform
