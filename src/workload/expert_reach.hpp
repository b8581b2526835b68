// How far the experts of a token lie apart.
#pragma once

#include "iccsim/scenario/model.hpp"

namespace iccsim::workload {

/// Of `parts` equal shares of the routed experts (cards, scale-up domains), how many hold one of a token's experts on
/// average. Choices are even: of the groups that routing allows, and of the experts in them.
double reached_parts(const scenario::MoeSpec& moe, double parts);

} // namespace iccsim::workload
