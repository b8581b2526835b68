// Who can slow whom.
#pragma once

#include "engine/network/binding_classes.hpp"
#include "engine/network/transfers.hpp"

#include <vector>

namespace iccsim::engine {

/// Users (of bundles) interfere when they share a resource whose summed peak demand exceeds its capacity. Returns the
/// connected component of each, any number that is equal in a component.
///
/// Peak demand is a bound that nothing exceeds, provided that a bundle is in flight once at a time. Alone, a bundle
/// goes at the rate of its tightest resource. Bundles with the same tightest resource share it, so that together they
/// bring to any other resource no more than the one of them that brings most; those of different ones may add up.
std::vector<int> interference_components(const BindingClasses& classes,
                                         const std::vector<std::vector<BundleId>>& users);

} // namespace iccsim::engine
