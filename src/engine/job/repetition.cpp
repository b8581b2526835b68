#include "engine/job/repetition.hpp"

#include <cmath>
#include <utility>

namespace iccsim::engine {

void Repetition::add(StepRecord record, bool after_pause) {
  if (std::exchange(broken_, false)) {
    return;
  }
  if (after_pause) {
    alike_ = 0;
    last_ = std::move(record);
    return;
  }
  if (same(regular_, record)) {
    alike_ = window;
  } else {
    alike_ = alike_ > 0 && same(last_, record) ? alike_ + 1 : 1;
  }
  last_ = std::move(record);
  if (alike_ == window) {
    regular_ = last_;
  }
}

void Repetition::forget() {
  alike_ = 0;
  broken_ = true;
}

bool Repetition::same(const StepRecord& a, const StepRecord& b) {
  const double allowed = tolerance * a.seconds;
  if (a.classes.size() != b.classes.size() || std::abs(a.seconds - b.seconds) > allowed) {
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
