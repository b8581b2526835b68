// A route that comes to one resource several times.
#pragma once

#include "iccsim/platform/resource.hpp"

namespace iccsim::platform {

/// One use of each resource, with the shares added, in any order: a card with several NICs crosses its own slot once
/// for each.
void merge_repeated(Route& route);

} // namespace iccsim::platform
