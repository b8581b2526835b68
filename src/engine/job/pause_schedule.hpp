// When pauses of one kind or several are due.
#pragma once

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// A value, so that it can be run ahead. A pause on one level stands for the levels that survive less.
class PauseSchedule {
public:
  /// `every_s`, `every_steps`: infinite where they do not count. `durability`: the higher, the more it survives.
  void add(double every_s, double every_steps, int durability);
  /// Intervals begin at `at_s`, with no step done.
  void open(double at_s);
  /// Levels that are due together, `steps` steps being done: of those whose time has come the most durable. Empty when
  /// none is.
  std::vector<std::size_t> due(double at_s, double steps) const;
  void begin(const std::vector<std::size_t>& levels, double at_s, double steps);
  /// Several levels, some by time: which of them comes next depends on the time that the others take.
  bool mixed_by_time() const;
  /// Further steps that end before one is due, each `step_s` long; infinite when none ever is.
  double steps_until(double at_s, double steps, double step_s) const;
  /// When the pauses on `level` last began.
  double begun_s(std::size_t level) const { return levels_[level].begun_s; }

private:
  struct Level {
    double every_s = 0;
    double every_steps = 0;
    int durability = 0;
    double begun_s = 0;
    double begun_steps = 0;
  };
  std::vector<Level> levels_;
};

} // namespace iccsim::engine
