// Looks at the wall clock while a simulation runs: progress for the user, and the wish to stop.
#pragma once

#include "iccsim/engine/clock.hpp"
#include "iccsim/engine/simulation.hpp"

#include <chrono>

namespace iccsim::engine {

/// A model of which nothing is ever due: the clock asks it for its next change at every instant, and that is when it
/// looks. It stops the clock when the user interrupts.
class SimulationWatch : public TimedModel {
public:
  SimulationWatch(Timeline& clock, const Options& options, std::function<Progress()> progress)
      : clock_(clock), options_(options), progress_(std::move(progress)) {}

  double next_time() override {
    if (++instants_ % instants_between_looks == 0) {
      look();
    }
    return never_s;
  }
  void advance(double) override { ++events_; }

  bool interrupted() const { return interrupted_; }
  /// Instants so far, those counted more than once at which an event caused another.
  double events() const { return events_; }

private:
  using WallClock = std::chrono::steady_clock;
  static constexpr unsigned instants_between_looks = 64;
  static constexpr std::chrono::milliseconds between_reports{100};

  void look() {
    if (!interrupted_ && options_.interrupted && options_.interrupted()) {
      interrupted_ = true;
      clock_.stop();
    }
    const auto now = WallClock::now();
    if (options_.on_progress && now - reported_ >= between_reports) {
      reported_ = now;
      options_.on_progress(progress_());
    }
  }

  Timeline& clock_;
  const Options& options_;
  std::function<Progress()> progress_;
  unsigned instants_ = 0;
  double events_ = 0;
  bool interrupted_ = false;
  WallClock::time_point reported_ = WallClock::now();
};

} // namespace iccsim::engine
