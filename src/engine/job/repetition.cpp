#include "engine/job/repetition.hpp"

#include <cmath>

namespace iccsim::engine {

bool Repetition::same(const StepRecord& a, const StepRecord& b) {
  const double allowed = tolerance * a.seconds;
  if (std::abs(a.seconds - b.seconds) > allowed) {
    return false;
  }
  for (std::size_t c = 0; c < a.classes.size(); ++c) {
    for (std::size_t s = 0; s < metrics::state_count; ++s) {
      const auto state = static_cast<metrics::State>(s);
      if (std::abs(a.classes[c][state] - b.classes[c][state]) > allowed) {
        return false;
      }
    }
  }
  return true;
}

} // namespace iccsim::engine
