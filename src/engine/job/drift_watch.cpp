#include "engine/job/drift_watch.hpp"

#include "iccsim/engine/clock.hpp"

#include <algorithm>
#include <cmath>

namespace iccsim::engine {

namespace {

constexpr std::size_t warm_up = 250;    ///< steps
constexpr double agree = 0.003;         ///< relative, means of halves
constexpr double parts = 16;            ///< of a beat, seen one after another
constexpr double beats_seen = 2;        ///< at least, before their mean is known
constexpr double window_error = 0.0015; ///< relative, of a window's mean
constexpr double sure_by = 3;

} // namespace

bool warmed_up(const Windows& windows) {
  return std::all_of(windows.begin(), windows.end(),
                     [](const StepWindow* window) { return window->seconds().size() >= warm_up; });
}

bool whole_beats_seen(const Windows& windows, const Beat& beat, double span_s, double good_error) {
  const auto even = [&](std::size_t w) { return uneven_error(windows[w]->seconds(), span_s, beat.s) <= good_error; };
  return span_s >= beats_seen * beat.s && even(beat.a) && even(beat.b);
}

void DriftWatch::look(double since_begun_s) {
  const bool halves_agree = std::all_of(histories_.begin(), histories_.end(), [](const WindowHistory& history) {
    return history.halves_differ_by() <= agree;
  });
  seen_s_ = halves_agree ? since_begun_s : seen_s_;
}

double DriftWatch::reach_s(const Windows& windows, double window_s, std::size_t fewest) const {
  std::vector<double> steps_s;
  steps_s.reserve(windows.size());
  for (const StepWindow* window : windows) {
    steps_s.push_back(window->mean_s());
  }
  const auto error = [&](std::size_t a, std::size_t b) {
    const std::vector<double>& of_a = windows[a]->seconds();
    const std::vector<double>& of_b = windows[b]->seconds();
    return std::min(sure_by * difference_error(of_a, of_b), error_of_mean(of_a, fewest) + error_of_mean(of_b, fewest));
  };
  return shortest_drift_s(steps_s, std::max(window_s, seen_s_ / beats_seen), error) / parts;
}

bool DriftWatch::sure(const Windows& windows, double window_s) const {
  std::vector<Means> means = means_;
  std::vector<double> steps_s;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    means[w].add(windows[w]->mean_s());
    steps_s.push_back(means[w].mean_s());
  }
  const auto error = [&](std::size_t a, std::size_t b) {
    return std::min(sure_by * difference_error(windows[a]->seconds(), windows[b]->seconds()),
                    means[a].error() + means[b].error());
  };
  return shortest_drift_s(steps_s, std::max(window_s, seen_s_ / beats_seen), error) < never_s;
}

void DriftWatch::Means::add(double mean_s) {
  ++count;
  sum_s += mean_s;
  squares += mean_s * mean_s;
}

/// Of the mean of all windows, relative: by how they differ, and no less than what one may be wrong by.
double DriftWatch::Means::error() const {
  const double variance = count < 2 ? 0 : std::max(0.0, squares / count - mean_s() * mean_s()) / (count - 1);
  return std::max(std::sqrt(variance) / mean_s(), window_error / std::sqrt(count));
}

void DriftWatch::learn(const Windows& windows) {
  for (std::size_t w = 0; w < windows.size(); ++w) {
    histories_[w].add(*windows[w]);
    means_[w].add(windows[w]->mean_s());
  }
}

} // namespace iccsim::engine
