// Jobs that slide past one another so slowly that a window of steps sees one of many positions.
#pragma once

#include "engine/job/beats.hpp"
#include "engine/job/step_window.hpp"
#include "engine/job/window_history.hpp"

#include <cstddef>
#include <vector>

namespace iccsim::engine {

/// Windows of all jobs, always in the same order.
using Windows = std::vector<const StepWindow*>;

/// Whether all have been open for so long that jobs have found their places, if they find any.
bool warmed_up(const Windows& windows);
/// Whether, of windows that span `span_s`, those of both jobs hold whole beats, two at least, or so much of them that
/// their means are off by `good_error` at most.
bool whole_beats_seen(const Windows& windows, const Beat& beat, double span_s, double good_error);

class DriftWatch {
public:
  explicit DriftWatch(std::size_t jobs) : histories_(jobs), means_(jobs) {}

  /// A window is known, `since_begun_s` after the first one began: where halves of those before agree, all has been
  /// seen that came up since then.
  void look(double since_begun_s);
  /// From the beginning on, when halves last agreed, seconds.
  double seen_s() const { return seen_s_; }
  /// Until positions have been seen twice a skip spans a part of the beat, and what comes after it is seen again.
  /// Infinite where nothing drifts. `fewest`: see error_of_mean().
  double reach_s(const Windows& windows, double window_s, std::size_t fewest = fewest_unlike) const;
  /// Whether all windows together say so, of those drifts: a window is closed when its mean seems to be known, so that
  /// two of them differ by chance sooner than their errors tell.
  bool sure(const Windows& windows, double window_s) const;
  void learn(const Windows& windows);

private:
  /// Mean step times of windows, of one job.
  struct Means {
    double count = 0;
    double sum_s = 0;
    double squares = 0; ///< s^2

    void add(double mean_s);
    double mean_s() const { return sum_s / count; }
    double error() const;
  };

  std::vector<WindowHistory> histories_; ///< of each job
  std::vector<Means> means_;
  double seen_s_ = 0;
};

} // namespace iccsim::engine
