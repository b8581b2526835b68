// Progress on standard error: a moving bar on a terminal, a plain line every few seconds elsewhere.
#pragma once

#include "iccsim/engine/simulation.hpp"

#include <chrono>
#include <string>

namespace iccsim::cli {

/// One line: share done, simulated time, steps, and an estimate of the wall time left (none before 1% is done).
std::string progress_text(const engine::Progress& progress, double wall_s);

class ProgressMeter {
public:
  enum class Style { none, bar, lines };
  /// `bar` on a terminal, else `lines`.
  static Style style_for(bool quiet);

  explicit ProgressMeter(Style style);
  /// Clears the bar, so that what follows starts on a clean line.
  ~ProgressMeter();
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;

  void show(const engine::Progress& progress);
  /// A line of its own on standard error.
  void say(const std::string& line);

private:
  void clear_bar();

  using Clock = std::chrono::steady_clock;
  Style style_;
  Clock::time_point start_;
  Clock::time_point last_shown_;
  bool bar_on_screen_ = false;
};

} // namespace iccsim::cli
