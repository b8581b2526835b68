#include "engine/clock/fake_clock.hpp"

#include <algorithm>
#include <utility>

namespace iccsim::engine {

void FakeClock::at(double time, std::function<void()> event) {
  models_.events().at(std::max(time, now_s_), std::move(event));
}

void FakeClock::run(double horizon_s) {
  stopped_ = false;
  const double last_s = last_instant_s(horizon_s);
  for (double next = models_.next_time(); next != never_s && next <= last_s; next = models_.next_time()) {
    now_s_ = std::max(now_s_, next);
    models_.advance(now_s_);
    if (stopped_) {
      return;
    }
  }
  if (horizon_s != never_s) {
    now_s_ = std::max(now_s_, horizon_s);
  }
}

} // namespace iccsim::engine
