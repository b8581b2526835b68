#include "scenario/range.hpp"

#include <fmt/format.h>

namespace iccsim::scenario {

std::string Range::text() const {
  if (high < range::sane) {
    return low_excluded ? fmt::format("greater than {:g} and at most {}", low, high)
                        : fmt::format("between {} and {}", low, high);
  }
  return low_excluded ? fmt::format("greater than {}", low) : fmt::format("of at least {}", low);
}

} // namespace iccsim::scenario
