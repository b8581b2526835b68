// jobs[].length
#include "scenario/input_keys.hpp"

namespace iccsim::scenario {

const Keys<LengthSpec>& length_keys() {
  using L = LengthSpec;
  using D = Dimension;
  static const Keys<L> keys = {
      quantity("steps", &L::steps, D::count, range::at_least_one, "optimizer steps"),
      quantity("tokens", &L::tokens, D::count, range::at_least_one, "tokens trained on"),
      quantity("time", &L::time_s, D::time, range::positive, "simulated time"),
  };
  return keys;
}

} // namespace iccsim::scenario
