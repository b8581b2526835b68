// The platform library and the models as tables.
#pragma once

#include "iccsim/scenario/scenario.hpp"

#include <string>
#include <vector>

namespace iccsim::cli {

std::vector<std::string> library_kinds();
/// One line a name with its title and main figures; files that cannot be read are in `diagnostics` instead.
std::string library_table(const std::string& kind, const scenario::Library& library,
                          scenario::Diagnostics& diagnostics);

} // namespace iccsim::cli
