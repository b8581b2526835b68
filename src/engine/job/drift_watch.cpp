#include "engine/job/drift_watch.hpp"

#include "engine/job/beats.hpp"

#include <algorithm>

namespace iccsim::engine {

namespace {

constexpr std::size_t warm_up = 250; ///< steps
constexpr double agree = 0.003;      ///< relative, means of halves
constexpr double parts = 16;         ///< of a beat, seen one after another
constexpr double beats_seen = 2;     ///< at least, before their mean is known

} // namespace

bool warmed_up(const Windows& windows) {
  return std::all_of(windows.begin(), windows.end(),
                     [](const StepWindow* window) { return window->seconds().size() >= warm_up; });
}

void DriftWatch::look(double since_begun_s) {
  const bool halves_agree = std::all_of(histories_.begin(), histories_.end(), [](const WindowHistory& history) {
    return history.halves_differ_by() <= agree;
  });
  seen_s_ = halves_agree ? since_begun_s : seen_s_;
}

double DriftWatch::reach_s(const Windows& windows, double window_s, std::size_t fewest) const {
  std::vector<DriftingSteps> steps;
  steps.reserve(windows.size());
  for (const StepWindow* window : windows) {
    steps.push_back({window->mean_s(), error_of_mean(window->seconds(), fewest)});
  }
  return shortest_drift_s(steps, std::max(window_s, seen_s_ / beats_seen)) / parts;
}

void DriftWatch::learn(const Windows& windows) {
  for (std::size_t w = 0; w < windows.size(); ++w) {
    histories_[w].add(*windows[w]);
  }
}

} // namespace iccsim::engine
