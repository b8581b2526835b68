// The two tiers of a network as a communication library sees them.
#pragma once

#include "iccsim/platform/resource.hpp"

namespace iccsim::workload {

inline bool is_scale_up(platform::ResourceKind kind) {
  return kind == platform::ResourceKind::scale_up_out || kind == platform::ResourceKind::scale_up_in ||
         kind == platform::ResourceKind::scale_up_link;
}

} // namespace iccsim::workload
