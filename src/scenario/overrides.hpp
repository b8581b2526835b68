// --set path=value: edits of the tree before it is read.
#pragma once

#include "iccsim/scenario/scenario.hpp"
#include "scenario/reading.hpp"

namespace iccsim::scenario {

/// Applies one override. Elements of lists are named by `[index]` or by their `name`; a step into a name (of a model,
/// a cluster, ...) goes on in what the name leads to. New keys are created, so that reading reports unknown ones.
void apply_override(Tree& root, const Override& override_, Reading& reading);

} // namespace iccsim::scenario
