// How full a class of resources was, over the time since the meter was reset.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace iccsim::engine {

/// Utilization from which on a resource counts as saturated.
inline constexpr double saturated_from = 1 - 1e-9; // rounding of a sum of rates

struct LoadReading {
  double peak_utilization = 0;
  double saturated_s = 0;
};

class LoadMeter {
public:
  /// Classes 0 .. `classes` - 1, all without load.
  void reset(std::size_t classes, double now) { loads_.assign(classes, Load{0, now, never, {}}); }
  /// More classes, without load.
  void resize(std::size_t classes, double now) { loads_.resize(classes, Load{0, now, never, {}}); }
  /// A load that is replaced at the same instant leaves no trace.
  void set(std::uint32_t which, double utilization, double now) {
    Load& load = loads_[which];
    load.past = read(which, now);
    load.since = now;
    load.until = never;
    load.utilization = utilization;
  }
  /// The same between two instants, in the future perhaps, unless it is replaced before.
  void set_between(std::uint32_t which, double utilization, double from, double until, double now) {
    Load& load = loads_[which];
    if (load.utilization > 0) {
      load.past = read(which, now);
    }
    load.utilization = utilization;
    load.since = from;
    load.until = until;
  }
  LoadReading read(std::uint32_t which, double now) const {
    const Load& load = loads_[which];
    const double until = std::min(now, load.until);
    LoadReading reading = load.past;
    if (until > load.since) {
      const bool lasts = until - load.since > instant * until;
      reading.peak_utilization = std::max(reading.peak_utilization, lasts ? load.utilization : 0);
      reading.saturated_s += load.utilization >= saturated_from ? until - load.since : 0;
    }
    return reading;
  }

private:
  /// Relative. Two computations of one instant may lie so far apart, and what seems to overlap meanwhile does not.
  static constexpr double instant = 1e-14;
  static constexpr double never = std::numeric_limits<double>::infinity();
  struct Load {
    double utilization = 0;
    double since = 0;
    double until = never;
    LoadReading past;
  };
  std::vector<Load> loads_;
};

} // namespace iccsim::engine
