// The simulated clock without SimGrid: for tests, many in one process, and for comparing speeds.
#pragma once

#include "engine/clock/model_set.hpp"

namespace iccsim::engine {

class FakeClock : public Timeline {
public:
  double now() const override { return now_s_; }
  void at(double time, std::function<void()> event) override;
  void add(TimedModel& model) override { models_.add(model); }
  void run(double horizon_s = never_s) override;
  void stop() override { stopped_ = true; }

private:
  ModelSet models_;
  double now_s_ = 0;
  bool stopped_ = false;
};

} // namespace iccsim::engine
