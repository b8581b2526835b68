// The table of a scenario's top level.
#pragma once

#include "iccsim/scenario/scenario.hpp"
#include "scenario/key.hpp"

namespace iccsim::scenario {

const Keys<Scenario>& scenario_keys();

} // namespace iccsim::scenario
